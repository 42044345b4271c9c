/** Mergeable figures turned into what people read. */
import type { Dimension, Figures } from '../../consumers/aggregator/shapes/cell.ts'
import type { BreakdownAnswer, Metric, PanelDimension, ReportFigures } from '../answers.ts'
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

/** What most is meant by, where nothing is asked for: clicks for what was clicked, events for named events. */
export function defaultMetric(dimension: PanelDimension): Metric {
  if (dimension === 'target') return 'clicks'
  return dimension === 'event' ? 'events' : 'visitors'
}

/** The first `limit` values by `metric`, most first, then by value so that equal ones keep their places. */
export function toBreakdown(
  period: PeriodCell,
  dimension: PanelDimension & Dimension,
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
