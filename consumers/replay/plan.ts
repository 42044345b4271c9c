/** Which segments a replay of some days takes. */
import { granularityMs, utcDay } from '../aggregator/shapes/cell-key.ts'
import { type Segment, type SegmentOf, segmentsBetween } from '../aggregator/shapes/segments.ts'
import { type ReplayTask, warmUpFrom } from './task.ts'
import { ReplayError } from './worker-messages.ts'

export type Plan = Pick<ReplayTask, 'segments' | 'timeline'>
/** Midnights of the first and the last day of arrival, epoch milliseconds. */
export type Days = { from: number; to: number }

/** @param end nothing that arrived from then on is taken */
export function planOf({ from, to }: Days, segmentOf: SegmentOf, end: number): Plan {
  const timeline = segmentsBetween(segmentOf, warmUpFrom(from), Math.min(end, to + granularityMs.day))
  return { timeline, segments: timeline.filter(({ start }) => start >= from).map(({ name }) => name) }
}

/** The segments that are rebuilt, without those that warm up. */
export function askedFor({ segments, timeline }: Plan): Segment[] {
  const names = new Set(segments)
  return timeline.filter(({ name }) => names.has(name))
}

/**
 * Whether the last day goes on, and has to be cut first.
 *
 * @throws ReplayError `not_begun` when it lies in the future
 */
export function needsCut({ to }: Pick<Days, 'to'>, now: number): boolean {
  if (to > now)
    throw new ReplayError('not_begun', `${utcDay(to)} lies in the future (UTC): the last day can be ${utcDay(now)}`)
  return to + granularityMs.day > now
}
