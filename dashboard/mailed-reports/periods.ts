/** Which week or month was the last to end, by the clocks of a site. Pure. */
import { type Period, parsePeriod } from '../query/period.ts'

export type ReportKind = 'weekly' | 'monthly'

/** Dates of a site, both included: `2026-11-16`. */
export type Days = { from: string; to: string }

export type ReportPeriod = {
  kind: ReportKind
  days: Days
  /** The one before it, which figures are compared with. */
  before: Days
}

const dayMs = 86_400_000

/** Weeks begin on Monday. */
export function lastPeriod(kind: ReportKind, now: number, timeZone: string): ReportPeriod {
  // Sweden writes dates as ISO 8601 does.
  const today = Date.parse(new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now))
  if (kind === 'weekly') {
    const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * dayMs
    const week = (back: number) => ({
      from: dateOf(monday - back * 7 * dayMs),
      to: dateOf(monday - (back - 1) * 7 * dayMs - dayMs),
    })
    return { kind, days: week(1), before: week(2) }
  }
  const month = (back: number) => {
    const first = new Date(today)
    const at = (months: number) => Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - months, 1)
    return { from: dateOf(at(back)), to: dateOf(at(back - 1) - dayMs) }
  }
  return { kind, days: month(1), before: month(2) }
}

/** As the dashboard takes it, in days of the zone. */
export function periodOf(days: Days, timeZone: string, now: number): Period {
  const result = parsePeriod({ ...days, interval: 'day' }, { timeZone }, now)
  if (!result.ok) throw new Error(result.message)
  return result.period
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
