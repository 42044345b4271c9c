/** Breakdowns: which values of a dimension come first, and by what. */
import type { Figures } from '../../consumers/aggregator/shapes/cell.ts'
import { toReport } from '../../consumers/aggregator/shapes/to-report.ts'
import type { BreakdownAnswer, BreakdownDimension, Metric } from '../answers.ts'
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

/** The first `limit` values by `metric`, most first, then by value so that equal ones keep their places. */
export function toBreakdown(
  period: PeriodCell,
  dimension: BreakdownDimension,
  metric: Metric,
  limit: number,
): BreakdownAnswer {
  const values = period.dimensions.get(dimension) ?? new Map<string, Figures>()
  const rows = [...values].map(([value, figures]) => ({ value, ...toReport(figures) }))
  rows.sort((a, b) => (b[metric] ?? -1) - (a[metric] ?? -1) || (a.value < b.value ? -1 : 1))
  return { dimension, rows: rows.slice(0, limit), total: rows.length }
}
