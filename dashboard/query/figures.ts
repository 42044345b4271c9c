/** Breakdowns: which values of a dimension come first, and by what. */
import type { Figures } from '../../consumers/aggregator/shapes/cell.ts'
import { toReport } from '../../consumers/aggregator/shapes/to-report.ts'
import type { BreakdownAnswer, BreakdownDimension, Metric } from '../answers.ts'
import type { Combination } from './filter.ts'
import type { PeriodCell } from './merge.ts'

/** What most is meant by, where nothing is asked for: of most dimensions visitors, unless they don't tell them apart. */
const defaultMetrics: Partial<Record<BreakdownDimension, Metric>> = {
  target: 'clicks',
  pageTarget: 'clicks',
  outbound: 'clicks',
  download: 'clicks',
  rage: 'clicks',
  position: 'clicks',
  entry: 'visits',
  exit: 'visits',
  event: 'events',
  property: 'events',
  vital: 'events',
  error: 'events',
  scroll: 'events',
}

export function defaultMetric(dimension: BreakdownDimension): Metric {
  return defaultMetrics[dimension] ?? 'visitors'
}

/**
 * The first `limit` values by `metric`, most first, then by value so that equal ones keep their places.
 *
 * @param combination under which values the dimension is found, when it is looked at under a filter
 */
export function toBreakdown(
  period: PeriodCell,
  dimension: BreakdownDimension,
  metric: Metric,
  limit: number,
  combination: Combination = { dimension, prefix: '', keepsPrefix: true },
): BreakdownAnswer {
  const { prefix, keepsPrefix } = combination
  const values = period.dimensions.get(combination.dimension) ?? new Map<string, Figures>()
  const rows = [...values].flatMap(([value, figures]) => {
    if (!value.startsWith(prefix)) return []
    const report = toReport(figures)
    // A page that was the last for a while is no exit any more, and nothing else.
    if (!Object.values(report).some(Boolean)) return []
    return [{ value: keepsPrefix ? value : value.slice(prefix.length), ...report }]
  })
  rows.sort((a, b) => (b[metric] ?? -1) - (a[metric] ?? -1) || (a.value < b.value ? -1 : 1))
  const sum = rows.reduce((total, row) => total + (row[metric] ?? 0), 0)
  return { dimension, rows: rows.slice(0, limit), total: rows.length, sum }
}
