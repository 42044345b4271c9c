/** The buckets of a chart: where each begins in the reader's time zone. */
import type { Interval } from '../answers.ts'
import { nextDay, nextHour, nextMonth, nextWeek } from './time-zone.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** About how long a bucket is: for estimates before any is made. */
export const typicalMs: Record<Interval, number> = {
  minute: minuteMs,
  hour: 3_600_000,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
}

const nextStart: Record<Interval, (timeZone: string, at: number) => number> = {
  minute: (_timeZone, at) => Math.floor(at / minuteMs) * minuteMs + minuteMs,
  hour: nextHour,
  day: nextDay,
  week: nextWeek,
  month: nextMonth,
}

/** Start of every bucket in `[from, to)`, ascending; the first is `from` itself. */
export function bucketStarts(from: number, to: number, interval: Interval, timeZone: string): number[] {
  const next = nextStart[interval]
  const starts = [from]
  for (let start = next(timeZone, from); start < to; start = next(timeZone, start)) starts.push(start)
  return starts
}

/** Index of the bucket that holds `at`: the last that begins no later. -1 before the first. */
export function bucketIndex(starts: readonly number[], at: number): number {
  let low = -1
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= at) low = middle
    else high = middle - 1
  }
  return low
}
