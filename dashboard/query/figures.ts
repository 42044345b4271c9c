/** Mergeable figures turned into what people read. */
import type { Figures } from '../../consumers/aggregator/shapes/cell.ts'
import type { BreakdownAnswer, BreakdownDimension, Metric, ReportFigures } from '../answers.ts'
import type { PeriodCell } from './merge.ts'

/** Visitors are the union of the sketches; a visitor's id changes daily, so a visitor of two days is two. */
export function toReport(figures: Figures): ReportFigures {
  const { visits } = figures
  return {
    visitors: figures.visitors.count,
    visits,
    pageviews: figures.pageviews,
    clicks: figures.clicks,
    events: figures.events,
    bounceRate: visits > 0 ? round(figures.bounces / visits, 4) : null,
    visitDurationSeconds: visits > 0 ? round(figures.visitMs / visits / 1000, 1) : 0,
    engagedSeconds: visits > 0 ? round(figures.engagedMs / visits / 1000, 1) : 0,
  }
}

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

function round(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}
