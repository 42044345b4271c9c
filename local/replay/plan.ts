/** Which segments a replay of some days takes. */
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { SegmentOf } from '../../consumers/aggregator/shapes/segments.ts'
import { type ReplayTask, timelineOf, warmUpFrom } from '../../consumers/replay/task.ts'
import { type RunOptions, UsageError } from './options.ts'

export type Plan = Pick<ReplayTask, 'segments' | 'timeline'>

/** @throws UsageError when the last day is not over */
export function planOf({ from, to }: Pick<RunOptions, 'from' | 'to'>, segmentOf: SegmentOf, now: number): Plan {
  const end = to + granularityMs.day
  if (end > now)
    throw new UsageError(`${utcDay(to)} is not over yet (UTC): --to can be ${utcDay(now - granularityMs.day)}`)
  const timeline = timelineOf(segmentOf, warmUpFrom(from), end)
  return { timeline, segments: timeline.filter(({ start }) => start >= from).map(({ name }) => name) }
}
