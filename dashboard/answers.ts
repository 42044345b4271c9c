/**
 * What the API answers, as types: the page reads them too, so this file imports types alone. The schemas in
 * routes/schemas.ts say the same to Fastify and to OpenAPI.
 */
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import type { ReportFigures } from '../consumers/aggregator/shapes/report-figures.ts'
import type { ConsumerLag, LagState } from '../consumers/runtime/shapes/consumer-lag.ts'
import type { AnomaliesAnswer } from './anomaly-answers.ts'

export type { ConsumerLag, LagState, ReportFigures }

export const metrics = [
  'visitors',
  'visits',
  'pageviews',
  'clicks',
  'events',
  'bounceRate',
  'visitDurationSeconds',
  'engagedSeconds',
] as const satisfies readonly (keyof ReportFigures)[]
export type Metric = (typeof metrics)[number]

export const intervals = ['minute', 'hour', 'day', 'week', 'month'] as const
export type Interval = (typeof intervals)[number]

/** What the page has a panel for, in the order in which the live stream sends them. */
export const panelDimensions = [
  'page',
  'referrer',
  'campaign',
  'country',
  'browser',
  'os',
  'device',
  'target',
  'event',
] as const satisfies readonly Dimension[]
export type PanelDimension = (typeof panelDimensions)[number]

/** What can be asked for: all that the aggregator counts. */
export type BreakdownDimension = Dimension

/** What somebody may do at a site; each may do what those before it may. */
export const roles = ['viewer', 'editor', 'owner'] as const
export type Role = (typeof roles)[number]

/** NIST SP 800-63B asks for 8 where a second factor is there, and for more where none is. */
export const minPasswordLength = 12

/** Who is asking. */
export type SessionAnswer = {
  by: 'administrator' | 'member' | 'token' | 'link'
  /** E-mail address of a member, name of a token or a shared link. */
  name: string
  administrator: boolean
}

export type SiteAnswer = {
  site: string
  name: string
  origins: string[]
  timeZone: string
  queryParams: string[]
  network: boolean
  /** No visitors, and so no networks. */
  strict: boolean
  /** Whole UTC days for which events stay in the archive, and figures; null: for good. */
  archiveDays: number | null
  figureDays: number | null
  /** For how many weeks visitors keep a name, and since when; null: for a day. */
  rememberedWeeks: number | null
  rememberedFrom: string | null
  /** Of whoever asks. */
  role: Role
  /** ISO 8601, like every time in an answer. */
  createdAt: string
}
export type SitesAnswer = { sites: SiteAnswer[] }
export type SiteDetailAnswer = SiteAnswer & {
  /** UTC day of the first event; null while there is none. */
  firstDay: string | null
  /** Where pages load the snippet from. */
  snippetUrl: string
}

export type ExclusionsAnswer = {
  tags: readonly string[]
  networks: readonly string[]
  hosts: readonly string[]
  /** Patterns of user agents. */
  programs: readonly string[]
  /** From when on they hold; null: always. */
  since: string | null
}

export type ErasureState = 'waiting' | 'archive' | 'figures' | 'objects' | 'done'
export type ErasureAnswer = {
  id: string
  kind: 'site' | 'visitor' | 'load'
  /** Of which visitor or page load; null: the whole site. */
  value: string | null
  state: ErasureState
  requestedBy: string
  requestedAt: string
  /** UTC day of arrival up to which the archive is through. */
  through: string | null
  /** Events of the archive that were erased so far, and the UTC days of arrival on which some were. */
  rows: number
  days: string[]
  finishedAt: string | null
  /** The last try did not get on; the next comes by itself. */
  failing: boolean
}
/** The latest first. */
export type ErasuresAnswer = { erasures: ErasureAnswer[] }

export type MemberAnswer = { email: string; role: Role; createdAt: string }
export type InvitationAnswer = { id: string; email: string; role: Role; createdAt: string; expiresAt: string }
/** Those of one site. */
export type MembersAnswer = { members: MemberAnswer[]; invitations: InvitationAnswer[]; resets: ResetAnswer[] }
/** `url` is told once: only its hash is kept. */
export type NewInvitationAnswer = InvitationAnswer & { url: string }

/** A link by which a member chooses a new password. */
export type ResetAnswer = { id: string; email: string; createdAt: string; expiresAt: string }
/** `url` is told once: only its hash is kept. */
export type NewResetAnswer = ResetAnswer & { url: string }

/** `administrator`: of the installation alone. */
export type TokenRole = Role | 'administrator'
export type TokenAnswer = {
  id: string
  name: string
  /** Null: of the installation. */
  site: string | null
  role: TokenRole
  createdBy: string
  createdAt: string
  /** To the minute. */
  usedAt: string | null
}
export type TokensAnswer = { tokens: TokenAnswer[] }
/** `token` is told once: only its hash is kept. */
export type NewTokenAnswer = TokenAnswer & { token: string }

export type LinkAnswer = {
  id: string
  name: string
  /** Whether it asks for one. */
  password: boolean
  createdBy: string
  createdAt: string
  /** Null: until it is revoked. */
  expiresAt: string | null
}
export type LinksAnswer = { links: LinkAnswer[] }
/** `url` is told once: only its hash is kept. */
export type NewLinkAnswer = LinkAnswer & { url: string }

/** What figures under several conditions are made of. */
export type FactsInfo = {
  /** Up to when the running day goes; null: the period is over. */
  through: string | null
  /** Events of the period that there are facts of, and events that the aggregates count: the archive may hold fewer. */
  events: number
  ofEvents: number
}
/** In place of an answer, with status 202: what it is to be made of is not there yet. */
export type MakingAnswer = {
  /** Events of the archive that are read, of those that there are to read. */
  making: { done: number; expected: number }
}
export type SummaryAnswer = {
  site: string
  from: string
  to: string
  /** Events that programs sent, which are in no figure; of a whole site alone, since they are not counted by any value. */
  bots?: number
  facts?: FactsInfo
} & ReportFigures
export type TimeseriesPoint = {
  at: string
  /** Of its events, those that arrived on a later UTC day than they happened: figures that were seen have changed. */
  lateEvents: number
} & ReportFigures
export type TimeseriesAnswer = { interval: Interval; points: TimeseriesPoint[] }
/** Of one goal: null where nobody knows, as of a value that is told by its count alone. */
export type GoalRate = {
  /** Visits that began in the period and have the value, and those of them that reached the goal. */
  goalVisits: number | null
  conversions: number | null
  /** Their share, 0 to 1. */
  conversionRate: number | null
}
export type BreakdownRow = { value: string } & ReportFigures & Partial<GoalRate>
export type BreakdownAnswer = {
  dimension: BreakdownDimension
  rows: BreakdownRow[]
  /** Different values in the period, of which `rows` are the first. */
  total: number
  /** What all of them come to by the metric that they are sorted by, where it adds up; of visitors it does not. */
  sum: number
}
/** What people felt of the loads of pages. */
export type VitalRow = {
  name: string
  /** Three of four loads were no worse: milliseconds, of layout shift a number without unit. */
  p75: number
  rating: 'good' | 'needsImprovement' | 'poor'
  /** Reports, and how many of them are each. */
  count: number
  good: number
  needsImprovement: number
  poor: number
}
export type VitalsAnswer = { vitals: VitalRow[] }
export type ScrollAnswer = {
  /** Reports of how far down a page was seen. */
  total: number
  /** How many of them reached so far, by tenths of the page. */
  depths: { percent: number; reached: number }[]
}
export type RealtimeAnswer = {
  /** In the last five minutes. */
  visitors: number
  /** The last thirty, oldest first. */
  minutes: { at: string; pageviews: number }[]
}
/** Of the events that arrived in a period, as consumers counted them. */
export type LedgerAnswer = {
  from: string
  to: string
  accepted: number
  aggregated: number
  duplicate: number
  /** Bots, and what else rules keep out of the figures. */
  filtered: number
  quarantined: number
  /** In the archive, or kept in quarantine. */
  archived: number
  /** accepted = aggregated + duplicate + filtered + quarantined, and archived = accepted. */
  balanced: boolean
}
/** `more`: there are more than were counted. */
export type OverflowAnswer = { batches: number; more: boolean; oldestAt: string | null }
export type QuarantineAnswer = { records: number; more: boolean }
export type PipelineAnswer = {
  at: string
  lag: ConsumerLag[]
  ledger: LedgerAnswer
  /** Null: the bucket cannot be listed. */
  overflow: OverflowAnswer | null
  quarantine: QuarantineAnswer | null
}

export type ReplayState = 'requested' | 'running' | 'ready' | 'failed' | 'dropping' | 'dropped'
export type ReplayAnswer = {
  id: string
  state: ReplayState
  sites: 'all' | readonly string[]
  /** UTC days of arrival, both included. */
  from: string
  to: string
  /** Arrival segments that it holds. */
  segments: readonly string[]
  source: 'auto' | 'stream' | 'archive'
  /** Version of the rules; null: those that held when the events arrived. */
  rules: string | null
  requestedAt: string
  startedAt: string | null
  finishedAt: string | null
  progress: { events: number; expectedEvents: number | null; at: string } | null
  /** The headline of its report: events and cells, by name. */
  counts: Readonly<Record<string, number | null>> | null
  error: string | null
  publishedAt: string | null
}
export type ReplaysAnswer = { replays: ReplayAnswer[] }
/**
 * The report is null before there is one. It is passed on from the bucket as it is: whoever reads it as `ReplayReport`
 * (consumers/replay/shapes/report.ts) looks at its version first.
 */
export type ReplayDetailAnswer = ReplayAnswer & { report: unknown }

/** The events of the live stream, by name. */
export type LiveAnswers = {
  summary: SummaryAnswer
  timeseries: TimeseriesAnswer
  breakdown: BreakdownAnswer
  realtime: RealtimeAnswer
  anomalies: AnomaliesAnswer
}
export type LiveEventName = keyof LiveAnswers

export type ProblemAnswer = { code: string; message: string }
