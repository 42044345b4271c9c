/**
 * Which cells a period is read from: as few as give every bucket of the chart exactly.
 *
 *     bucket       |·······23 Nov, Berlin·······|
 *     UTC    22 Nov 23h 24h          23 Nov     23h
 *     cells         [hour] [hours …            ]        a day there is no UTC day: hours
 *
 *     week         Sun 23h |Mon … Sat| Sun … 23h        hours at the ends, UTC days between
 *
 * A day that is not over, or has been for less than a quarter of an hour, is read by its hours too: its own cells are
 * written seldom (docs/decisions/0008-cells-in-parts.md).
 *
 * A cell belongs to the bucket in which it starts. Where the zone lies a half hour off UTC, a local day begins in
 * the middle of a cell, and that half hour counts for the day before.
 */
import { type Granularity, granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { oldestMinute, type Period } from './period.ts'

/** Cells that start in `[from, to)`. */
export type CellRange = { granularity: Granularity; from: number; to: number }

const { minute: minuteMs, hour: hourMs, day: dayMs } = granularityMs
/**
 * A day counts as over so long after its end: cells of days may be five minutes behind those of hours, and what Lambda
 * retries some more.
 */
export const dayDelayMs = 15 * minuteMs

export function planRanges(period: Omit<Period, 'timeZone'>, now: number): CellRange[] {
  if (period.interval === 'minute') return [minutes(period.from, period.to)]

  const { edges, from, to } = cutEdges(period, now)
  const ranges: CellRange[] = []
  for (const [i, start] of period.starts.entries()) {
    const end = period.starts[i + 1] ?? to
    ranges.push(...coarsest(ceilTo(Math.max(start, from), hourMs), ceilTo(Math.min(end, to), hourMs), now))
  }
  return join([...edges, ...ranges])
}

/** The period in whole hours: minutes hold totals alone. */
export function inHours<P extends Omit<Period, 'timeZone'>>(period: P): P {
  const [from, to] = [floorTo(period.from, hourMs), ceilTo(period.to, hourMs)]
  return { ...period, from, to, starts: [from, ...period.starts.slice(1)], cut: { from: false, to: false } }
}

/** The UTC days that a period touches, for what is counted by the day alone. */
export function daysOf({ from, to }: Pick<Period, 'from' | 'to'>): CellRange {
  return { granularity: 'day', from: floorTo(from, dayMs), to: ceilTo(to, dayMs) }
}

/**
 * The cells of a plan that may still change by live traffic: minutes and hours that are running, or ended after `since`. Days
 * are planned when they are over.
 */
export function rangesSince(ranges: readonly CellRange[], since: number): CellRange[] {
  return clip(ranges, (granularity) => ({ from: changingFrom(granularity, since), to: Number.POSITIVE_INFINITY }))
}

export function rangesBefore(ranges: readonly CellRange[], since: number): CellRange[] {
  return clip(ranges, (granularity) => ({ from: 0, to: changingFrom(granularity, since) }))
}

function changingFrom(granularity: Granularity, since: number): number {
  return granularity === 'day' ? Number.POSITIVE_INFINITY : floorTo(since, granularityMs[granularity])
}

function clip(
  ranges: readonly CellRange[],
  bounds: (granularity: Granularity) => { from: number; to: number },
): CellRange[] {
  return ranges.flatMap(({ granularity, from, to }) => {
    const bound = bounds(granularity)
    const clipped = { granularity, from: Math.max(from, bound.from), to: Math.min(to, bound.to) }
    return clipped.from < clipped.to ? [clipped] : []
  })
}

/** Hours that a bound given as a time of day cuts are read by the minute, while their minutes are kept. */
function cutEdges(period: Omit<Period, 'timeZone'>, now: number): { edges: CellRange[]; from: number; to: number } {
  let { from, to } = period
  const edges: CellRange[] = []
  const isCut = (at: number) => at % hourMs !== 0 && floorTo(at, hourMs) >= oldestMinute(now)
  if (period.cut.from && isCut(from)) {
    const end = Math.min(ceilTo(from, hourMs), to)
    edges.push(minutes(from, end))
    from = end
  }
  if (period.cut.to && isCut(to)) {
    const start = Math.max(floorTo(to, hourMs), from)
    if (start < to) edges.push(minutes(start, to))
    to = start
  }
  return { edges, from, to }
}

function minutes(from: number, to: number): CellRange {
  return { granularity: 'minute', from: ceilTo(from, minuteMs), to: ceilTo(to, minuteMs) }
}

/** Whole UTC days that are over as days, what is left at the ends as hours. Both bounds are whole hours. */
function coarsest(from: number, to: number, now: number): CellRange[] {
  const firstDay = ceilTo(from, dayMs)
  const lastDay = floorTo(Math.min(to, now - dayDelayMs), dayMs)
  if (firstDay >= lastDay) return from < to ? [{ granularity: 'hour', from, to }] : []
  return [
    { granularity: 'hour', from, to: firstDay },
    { granularity: 'day', from: firstDay, to: lastDay },
    { granularity: 'hour', from: lastDay, to },
  ]
}

/** Ranges of one granularity that meet become one, and with it one query. */
function join(ranges: CellRange[]): CellRange[] {
  const joined: CellRange[] = []
  const sorted = ranges.sort((a, b) => a.granularity.localeCompare(b.granularity) || a.from - b.from)
  for (const range of sorted) {
    if (range.from >= range.to) continue
    const last = joined.at(-1)
    if (last?.granularity === range.granularity && last.to >= range.from) last.to = Math.max(last.to, range.to)
    else joined.push({ ...range })
  }
  return joined
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step
}

function ceilTo(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
