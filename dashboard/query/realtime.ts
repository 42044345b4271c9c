/** What is going on right now, from minute cells. */
import { Figures, mergeFigures } from '../../consumers/aggregator/shapes/cell.ts'
import { bucketStart, granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { RealtimeAnswer } from '../answers.ts'
import { bucketIndex } from './buckets.ts'
import type { PlacedCell } from './merge.ts'
import type { CellRange } from './plan.ts'

const visitorMinutes = 5
const shownMinutes = 30

/** The running minute and the 29 before it. */
export function realtimeRange(now: number): CellRange {
  const running = bucketStart('minute', now)
  return {
    granularity: 'minute',
    from: running - (shownMinutes - 1) * granularityMs.minute,
    to: running + granularityMs.minute,
  }
}

/** @param cells those of `realtimeRange(now)` */
export function toRealtime(cells: readonly PlacedCell[], now: number): RealtimeAnswer {
  const range = realtimeRange(now)
  const starts = Array.from({ length: shownMinutes }, (_, i) => range.from + i * granularityMs.minute)
  // The running minute counts beside five whole ones: nobody seen within five minutes is left out.
  const recent = bucketStart('minute', now) - visitorMinutes * granularityMs.minute
  const pageviews = starts.map(() => 0)
  const figures = new Figures()
  for (const { start, cell } of cells) {
    const index = bucketIndex(starts, start)
    pageviews[index] = (pageviews[index] ?? 0) + cell.totals.pageviews
    if (start >= recent) mergeFigures(figures, cell.totals)
  }
  return {
    visitors: figures.visitors.count,
    minutes: starts.map((start, i) => ({ at: new Date(start).toISOString(), pageviews: pageviews[i] ?? 0 })),
  }
}
