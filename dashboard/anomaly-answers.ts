/** What the API answers of anomalies, and of who is told of them, as types: answers.ts says what holds for them. */
import type { AlertRules } from '../consumers/anomaly-detector/shapes/alert-rules.ts'
import type { Anomaly } from '../consumers/anomaly-detector/shapes/anomaly.ts'
import type { ChannelType, Subscription } from '../consumers/anomaly-detector/shapes/channel.ts'
import type { DeliveryError, DeliveryState, IncidentEvent } from '../consumers/anomaly-detector/shapes/delivery.ts'
import type { SeriesName } from '../consumers/anomaly-detector/shapes/incident.ts'

/** A series of a site: of the whole site, or of one page or source of it. */
export type WatchedSeries = SeriesName
export type { Anomaly }
export type AnomaliesAnswer = { anomalies: Anomaly[] }

export const backtestMetrics = ['pageviews', 'visitors', 'clicks', 'events', 'bounceRate'] as const
export type BacktestMetric = (typeof backtestMetrics)[number]
/** What would have been told of a metric. */
export type BacktestAnswer = {
  metric: BacktestMetric
  interval: 'minute' | 'hour'
  evidence: number
  /** Earlier nothing was told, since too little was known; null: nowhere. */
  toldFrom: string | null
  /** Null: nothing was known to expect. */
  points: { at: string; observed: number; expected: number | null; low: number | null; high: number | null }[]
  anomalies: Anomaly[]
}

export type DeliveryAnswer = {
  /** What the receiver tells copies by: the header `retrace-id`. */
  id: string
  event: IncidentEvent
  createdAt: string
  state: DeliveryState
  attempts: number
  /** HTTP status, or of a mail server its reply code, and what went wrong, at the last try. Null: none yet, nobody answered, nothing went wrong. */
  triedAt: string | null
  status: number | null
  error: DeliveryError | null
  /** Null: it is over. */
  nextAt: string | null
}
/** As it is asked for, too. */
export type AlertRulesAnswer = AlertRules
export type ChannelAnswer = {
  id: string
  type: ChannelType
  /** Where it is posted to, the e-mail address, or the ARN of the topic. */
  target: string
  /** False: an e-mail address that nobody has said yes at; it is told nothing. */
  confirmed: boolean
  /** `weekly`, `monthly`: reports. */
  gets: Subscription[]
  createdBy: string
  createdAt: string
  /** The latest first. */
  deliveries: DeliveryAnswer[]
}
export type ChannelsAnswer = {
  channels: ChannelAnswer[]
  /** What else than webhooks there may be: whether there is a mail server, and which topics. */
  email: boolean
  topics: string[]
}
/** `secret` is told once; null: there is none to know. */
export type NewChannelAnswer = ChannelAnswer & { secret: string | null }
