/**
 * The period to compare with. The chart shows the whole of it; the figures of a period that is still running
 * are compared with as much of the one before as has passed of this one.
 */
import { useEffect, useState } from 'preact/hooks'
import type { Interval, SummaryAnswer, TimeseriesAnswer } from '../../answers.ts'
import { apiPath } from './client.ts'
import { daysBetween } from './comparison.ts'
import { addDays, type DateRange, hasTime, localNow } from './period.ts'
import { type Making, useFetched } from './use-fetched.ts'

export type Comparison = {
  summary: SummaryAnswer | undefined
  timeseries: TimeseriesAnswer | undefined
  making: Making | undefined
}

export function useComparison(
  site: string,
  timeZone: string,
  range: DateRange,
  before: DateRange | undefined,
  interval: Interval,
  asked: { generation: string | undefined; segment: string | undefined; filter: readonly string[] },
): Comparison {
  const now = useMinute()
  const { date, time } = localNow(timeZone, now)
  const running = hasTime(range.to) ? range.to > `${date}T${time}` : range.to >= date
  const question = (name: string, query: Record<string, string>) =>
    before && apiPath(site, name, { ...query, ...asked })

  const cut =
    before && running && before !== range ? `${addDays(date, -daysBetween(range, before))}T${time}` : undefined
  const to = before && cut !== undefined && cut <= endOf(before) ? cut : before?.to
  const summary = useFetched<SummaryAnswer>(before && to ? question('summary', { from: before.from, to }) : undefined)
  const timeseries = useFetched<TimeseriesAnswer>(before && question('timeseries', { ...before, interval }))
  // Before a site was there, there is nothing to compare with: no line along the ground.
  const happened = timeseries.data?.points.some(({ pageviews, clicks, events }) => pageviews + clicks + events > 0)
  const making = summary.making ?? timeseries.making
  return { summary: before && summary.data, timeseries: before && happened ? timeseries.data : undefined, making }
}

/** A moment that every other of the period is before, or is. */
function endOf({ to }: DateRange): string {
  return hasTime(to) ? to : `${to}T24:00`
}

/** The time, as of the running minute. */
export function useMinute(): number {
  const minuteMs = 60_000
  const read = () => Math.floor(Date.now() / minuteMs) * minuteMs
  const [minute, setMinute] = useState(read)
  useEffect(() => {
    const timer = setInterval(() => setMinute(read()), 5000)
    return () => clearInterval(timer)
  }, [])
  return minute
}
