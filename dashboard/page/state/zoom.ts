/** What a closer look at some points of the chart is: a period of its own. */
import type { Interval } from '../../answers.ts'
import { addDays, type DateRange, isRange, localNow, minutesKeptMs } from './period.ts'

export type Zoomable = {
  interval: Interval
  /** Start of each point, and the end of the last, epoch milliseconds. */
  bounds: readonly number[]
  timeZone: string
  now: number
}

/**
 * @param first index of a point
 * @param last index of a point, included
 * @returns undefined where there is nothing closer to look at
 */
export function zoomInto(
  { interval, bounds, timeZone, now }: Zoomable,
  first: number,
  last: number,
): DateRange | undefined {
  const [start, end] = [bounds[first], bounds[last + 1]]
  if (start === undefined || end === undefined || start > now) return undefined
  const isWhole = last - first === bounds.length - 2
  const from = localNow(timeZone, start)
  const to = localNow(timeZone, end)
  if (interval === 'hour' || interval === 'minute') {
    const isOne = first === last
    if (isWhole || (isOne && (interval === 'minute' || now - start > minutesKeptMs))) return undefined
    const range = { from: `${from.date}T${from.time}`, to: `${to.date}T${to.time}` }
    if (from.time === '00:00' && to.time === '00:00') return { from: from.date, to: addDays(to.date, -1) }
    // An hour that the clock shows twice begins and ends at the same time.
    return isRange(range) ? range : undefined
  }
  const range = { from: from.date, to: localNow(timeZone, end - 1).date }
  // The only day of a period is seen by the hour already, or its interval says so.
  return isWhole && range.from !== range.to ? undefined : range
}
