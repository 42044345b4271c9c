/** Answers to questions about one site: reads the cells that the question needs, and merges them. */
import { isCounted, rootPartOf, treesOf } from '../consumers/aggregator/shapes/cell-parts.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import type {
  AnomaliesAnswer,
  BreakdownAnswer,
  BreakdownDimension,
  Metric,
  RealtimeAnswer,
  SummaryAnswer,
  TimeseriesAnswer,
} from './answers.ts'
import { toBreakdown } from './query/figures.ts'
import { mergeCells, type PeriodCell } from './query/merge.ts'
import type { Period } from './query/period.ts'
import { daysOf, planRanges } from './query/plan.ts'
import { realtimeRange, toRealtime } from './query/realtime.ts'
import { toAnomalies, toSummary, toTimeseries } from './query/report.ts'
import type { View } from './query/view.ts'
import type { Store } from './store/store.ts'

export type Reports = {
  summary(site: string, period: Period, view: View): Promise<SummaryAnswer>
  timeseries(site: string, period: Period, view: View): Promise<TimeseriesAnswer>
  breakdown(
    site: string,
    period: Period,
    view: View,
    dimension: BreakdownDimension,
    metric: Metric,
    limit: number,
  ): Promise<BreakdownAnswer>
  realtime(site: string, view: View): Promise<RealtimeAnswer>
  anomalies(site: string, period: Period, limit: number): Promise<AnomaliesAnswer>
}

export function createReports(store: Store, now: () => number): Reports {
  /** For totals the chart's buckets don't matter: one bucket needs the fewest cells. */
  async function whole(site: string, period: Period, view: View, only: readonly Dimension[]): Promise<PeriodCell> {
    const starts = [period.from]
    const ranges = only.some(isCountedByDay) ? [daysOf(period)] : planRanges({ ...period, starts }, now())
    const cells = await store.cells.read(site, ranges, view, treesOf(only))
    return mergeCells(cells, starts, only)
  }

  return {
    async summary(site, period, view) {
      return toSummary(site, period, await whole(site, period, view, []))
    },
    async timeseries(site, period, view) {
      const cells = await store.cells.read(site, planRanges(period, now()), view, [])
      return toTimeseries(period, mergeCells(cells, period.starts, []))
    },
    async breakdown(site, period, view, dimension, metric, limit) {
      return toBreakdown(await whole(site, period, view, [dimension]), dimension, metric, limit)
    },
    async realtime(site, view) {
      const at = now()
      return toRealtime(await store.cells.read(site, [realtimeRange(at)], view, []), at)
    },
    async anomalies(site, period, limit) {
      return toAnomalies(await store.alerts.list(site, period.from, period.to, limit))
    },
  }
}

function isCountedByDay(dimension: Dimension): boolean {
  return !isCounted(rootPartOf(dimension), 'hour')
}
