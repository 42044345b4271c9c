/** What is to be replayed, as it travels to worker threads: plain data, from which each makes what it works with. */
import { granularityMs } from '../aggregator/shapes/cell-key.ts'
import { dailySegments, type Segment, type SegmentOf } from '../aggregator/shapes/segments.ts'
import type { FoldTask } from './fold-family.ts'

export type ReplayTask = {
  generation: string
  /** Names of the segments to rebuild. */
  segments: readonly string[]
  sites: 'all' | readonly string[]
  /** All segments from the beginning of the warm-up to the end, in order; those asked for are among them. */
  timeline: readonly Segment[]
  /** When the generation was begun, epoch milliseconds: the same for every run that goes on with it. */
  startedAt: number
}

/**
 * Where reading begins: a UTC day before the day of the first segment. What the fold forgets it forgets at midnights
 * (aging-map.ts), a day after it was last needed, so from here on it comes to know what live consumption knew.
 */
export function warmUpFrom(firstSegmentStart: number): number {
  const dayMs = granularityMs.day
  return Math.floor(firstSegmentStart / dayMs) * dayMs - dayMs
}

export function toFoldTask({ generation, segments, sites, timeline }: ReplayTask): FoldTask {
  return {
    generation,
    segments: new Set(segments),
    sites: sites === 'all' ? sites : new Set(sites),
    segmentOf: segmentOfTimeline(timeline),
    stretch: stretchOf(timeline),
  }
}

export function stretchOf(timeline: readonly Segment[]): { from: number; to: number } {
  return { from: timeline[0]?.start ?? 0, to: timeline.at(-1)?.end ?? 0 }
}

/** Segments up to those of a timeline and beyond are whole days: nothing of them is asked for. */
export function segmentOfTimeline(timeline: readonly Segment[]): SegmentOf {
  const beyond = dailySegments()
  let last = timeline[0]
  return (received) => {
    if (last && received >= last.start && received < last.end) return last
    const found = timeline.find(({ start, end }) => received >= start && received < end)
    last = found ?? last
    return found ?? beyond(received)
  }
}

/** The segments that lie in `[from, to)`, whole or in part, in order. */
export function timelineOf(segmentOf: SegmentOf, from: number, to: number): Segment[] {
  const timeline: Segment[] = []
  for (let at = from; at < to; ) {
    const segment = segmentOf(at)
    timeline.push(segment)
    at = segment.end
  }
  return timeline
}
