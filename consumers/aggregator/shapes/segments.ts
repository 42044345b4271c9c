/**
 * Arrival segments: stretches of time in which events arrived, one after the other without a gap. What arrived in a
 * segment is counted in cells of its own, so that a replay can rebuild it and put the new cells in place of the old.
 */
import { granularityMs, utcDay } from './cell-key.ts'

export type Segment = {
  /** As it stands in the keys of cells; for a whole UTC day: `YYYY-MM-DD`. */
  name: string
  /** Receipt times `[start, end)`, epoch milliseconds. */
  start: number
  end: number
}

/** The segment that an event belongs to by when the endpoint received it. */
export type SegmentOf = (received: number) => Segment

/** Segments that are whole UTC days; the same object as long as the same day is asked for. */
export function dailySegments(): SegmentOf {
  let last: Segment = { name: '', start: 0, end: 0 }
  return (received) => {
    if (received >= last.start && received < last.end) return last
    const start = Math.floor(received / granularityMs.day) * granularityMs.day
    last = { name: utcDay(start), start, end: start + granularityMs.day }
    return last
  }
}
