/** What deltas add up to, in one cell: by the plainest way there is. */
import type { Delta } from '../../consumers/aggregator/delta.ts'
import { addCounts, type Cell, figuresOf } from '../../consumers/aggregator/shapes/cell.ts'
import { tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'

export function applyDelta(cell: Cell, { add, visitor, values, shared, outsideTotals }: Delta): void {
  const ofVisit = outsideTotals ? [] : (shared?.lists.flat() ?? [])
  const places = [...values, ...ofVisit].map(({ dimension, value }) => ({
    figures: figuresOf(cell, dimension, value),
    counted: tellsVisitorsApart(dimension),
  }))
  if (!outsideTotals) places.push({ figures: cell.totals, counted: true })
  for (const { figures, counted } of places) {
    addCounts(figures, add)
    if (visitor !== undefined && counted) figures.visitors.add(visitor)
  }
}
