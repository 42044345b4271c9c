/** Which segments a replay of some days takes. */
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type SegmentOf, segmentsBetween } from '../../consumers/aggregator/shapes/segments.ts'
import { type ReplayTask, warmUpFrom } from '../../consumers/replay/task.ts'
import { type RunOptions, UsageError } from './options.ts'

export type Plan = Pick<ReplayTask, 'segments' | 'timeline'>

/** @param end nothing that arrived from then on is taken */
export function planOf({ from, to }: Pick<RunOptions, 'from' | 'to'>, segmentOf: SegmentOf, end: number): Plan {
  const timeline = segmentsBetween(segmentOf, warmUpFrom(from), Math.min(end, to + granularityMs.day))
  return { timeline, segments: timeline.filter(({ start }) => start >= from).map(({ name }) => name) }
}

/**
 * Whether the last day goes on, and has to be cut first.
 *
 * @throws UsageError when it has not begun
 */
export function needsCut({ to }: Pick<RunOptions, 'to'>, now: number): boolean {
  if (to > now) throw new UsageError(`${utcDay(to)} lies in the future (UTC): --to can be ${utcDay(now)}`)
  return to + granularityMs.day > now
}
