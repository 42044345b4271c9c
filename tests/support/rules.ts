/** Rules of one's own, and what deliveries count for under them. */
import { foldEvent } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import type { WrittenRules } from '../../consumers/aggregator/rules/document.ts'
import { compileRules, type Rules } from '../../consumers/aggregator/rules/rules.ts'
import { emptyCell } from '../../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import type { Delivery } from '../../stream/event.ts'
import { applyDelta } from './cells.ts'

export function compiled(document: WrittenRules): Rules {
  const result = compileRules(document)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.rules
}

/** What deliveries count for under rules, over all buckets. */
export function count(deliveries: readonly Delivery[], rules?: Rules) {
  const cell = emptyCell()
  const state = new FoldState()
  const segmentOf = dailySegments(rules)
  const outcomes = deliveries.flatMap((delivery) =>
    delivery.events.map((event) =>
      foldEvent(state, segmentOf(delivery.received), delivery, event, (delta) => applyDelta(cell, delta)),
    ),
  )
  const { visitors, ...totals } = cell.totals
  const pageviews = (dimension: 'page' | 'channel') =>
    Object.fromEntries(
      [...(cell.dimensions.get(dimension) ?? [])].map(([value, figures]) => [value, figures.pageviews]),
    )
  return { ...totals, visitors: visitors.count, outcomes, pageviews }
}
