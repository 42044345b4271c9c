/** What the dashboards show, once the aggregates have caught up, beside what they should. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SiteFigures } from './stored-tally.ts'

export type Dashboard = { url: string; token: string }

export type CountedVerdict = {
  /** Events in the figures of the dashboards. */
  counted: number
  /** Stored and not counted. */
  missing: number
  /** Counted beyond the stored: copies that the consumers should have left out. */
  doubled: number
}

/**
 * What they should show, by site. What is in the stream is counted in the end; what waits in the overflow may be
 * counted already, or later.
 */
export type ExpectedFigures = { least: ReadonlyMap<string, SiteFigures>; most: ReadonlyMap<string, SiteFigures> }

export type Patience = {
  /** Figures that are as they should be may still grow beyond it. */
  settledMs: number
  /** Figures that are not may be on their way: a consumer that died is started again after at most ten seconds. */
  stuckMs: number
  pollMs: number
}
const patience: Patience = { settledMs: 2000, stuckMs: 20_000, pollMs: 250 }

type Counts = Pick<SiteFigures, 'events' | 'pageviews' | 'clicks'>

/**
 * Asks until the figures stay as they are. It asks for the whole days of the events, so the figures compare as long as
 * the stream still holds all of those days.
 */
export async function awaitCounted(
  dashboard: Dashboard,
  { least, most }: ExpectedFigures,
  options: Partial<Patience> & { signal?: AbortSignal | undefined } = {},
): Promise<CountedVerdict> {
  const verdicts = await Promise.all(
    [...most].map(async ([site, figures]) => {
      const address = `${dashboard.url}/api/sites/${encodeURIComponent(site)}/summary?${days(figures)}`
      const ask = () => askSummary(address, dashboard.token, options.signal)
      const judge = (counts: Counts) => verdictOf(counts, least.get(site) ?? none, figures)
      return judge(await untilUnchanged(ask, (counts) => isGood(judge(counts)), { ...patience, ...options }))
    }),
  )
  const sum = (name: keyof CountedVerdict) => verdicts.reduce((total, verdict) => total + verdict[name], 0)
  return { counted: sum('counted'), missing: sum('missing'), doubled: sum('doubled') }
}

const none: Counts = { events: 0, pageviews: 0, clicks: 0 }

async function untilUnchanged(
  ask: () => Promise<Counts>,
  isRight: (counts: Counts) => boolean,
  { settledMs, stuckMs, pollMs, signal }: Patience & { signal?: AbortSignal | undefined },
): Promise<Counts> {
  let counts = await ask()
  let changedAt = performance.now()
  while (performance.now() - changedAt < (isRight(counts) ? settledMs : stuckMs)) {
    await sleep(pollMs, undefined, signal && { signal })
    const next = await ask()
    if (kinds(next).some((count, i) => count !== kinds(counts)[i])) changedAt = performance.now()
    counts = next
  }
  return counts
}

/** Kind by kind: where one event is missing and another doubled, the sum would hide it. */
function verdictOf(counts: Counts, least: Counts, most: Counts): CountedVerdict {
  const beyond = (over: Counts, under: Counts) =>
    kinds(over).reduce((sum, count, i) => sum + Math.max(0, count - (kinds(under)[i] ?? 0)), 0)
  return { counted: counts.events, missing: beyond(least, counts), doubled: beyond(counts, most) }
}

/** Page views, clicks, and all others. */
function kinds({ events, pageviews, clicks }: Counts): number[] {
  return [pageviews, clicks, events - pageviews - clicks]
}

function isGood({ missing, doubled }: CountedVerdict): boolean {
  return missing === 0 && doubled === 0
}

async function askSummary(address: string, token: string, signal: AbortSignal | undefined): Promise<Counts> {
  const answer = await fetch(address, {
    headers: { authorization: `Bearer ${token}` },
    ...(signal && { signal }),
  })
  if (!answer.ok) throw new Error(`the dashboard answered ${answer.status} to ${address}`)
  return (await answer.json()) as Counts
}

function days({ firstAt, lastAt }: SiteFigures): string {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10)
  return `tz=UTC&from=${day(firstAt)}&to=${day(lastAt)}`
}
