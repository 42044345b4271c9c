/** Answers to questions about one site: reads the cells that the question needs, and merges them. */
import type { Figures } from '../consumers/aggregator/shapes/cell.ts'
import { isCounted, rootPartOf } from '../consumers/aggregator/shapes/cell-parts.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import type { AnomaliesAnswer } from './anomaly-answers.ts'
import type {
  BreakdownAnswer,
  BreakdownDimension,
  Metric,
  RealtimeAnswer,
  ScrollAnswer,
  SummaryAnswer,
  TimeseriesAnswer,
  VitalsAnswer,
} from './answers.ts'
import { toBreakdown } from './query/figures.ts'
import type { Combination, Filter } from './query/filter.ts'
import type { PeriodCell } from './query/merge.ts'
import type { Period } from './query/period.ts'
import { daysOf, inHours, planRanges } from './query/plan.ts'
import { realtimeRange, toRealtime } from './query/realtime.ts'
import { toAnomalies, toSummary, toTimeseries, toWholeSummary } from './query/report.ts'
import { toScroll } from './query/scroll.ts'
import type { View } from './query/view.ts'
import { toVitals } from './query/vitals.ts'
import type { FiguresStore } from './store/figures-store.ts'

export type Reports = {
  /** @param filter the one value of a dimension that figures are of; so in all that follow */
  summary(site: string, period: Period, view: View, filter?: Filter): Promise<SummaryAnswer>
  timeseries(site: string, period: Period, view: View, filter?: Filter): Promise<TimeseriesAnswer>
  breakdown(
    site: string,
    period: Period,
    view: View,
    dimension: BreakdownDimension,
    metric: Metric,
    limit: number,
    combination?: Combination,
  ): Promise<BreakdownAnswer>
  vitals(site: string, period: Period, view: View): Promise<VitalsAnswer>
  scroll(site: string, period: Period, view: View, combination: Combination): Promise<ScrollAnswer>
  realtime(site: string, view: View): Promise<RealtimeAnswer>
  anomalies(site: string, period: Period, limit: number): Promise<AnomaliesAnswer>
}

export function createReports(store: FiguresStore, now: () => number): Reports {
  /** For totals the chart's buckets don't matter: one bucket needs the fewest cells. */
  async function whole(
    site: string,
    period: Period,
    view: View,
    only: readonly Dimension[],
    filter?: Filter,
    prefix?: string,
  ): Promise<PeriodCell> {
    const wanted = filter ? [...only, filter.dimension] : only
    const asked = wanted.length > 0 ? inHours(period) : period
    const starts = [asked.from]
    // The minutes that a chart is made of are no reason to read totals by them.
    const ranges = only.some(isCountedByDay)
      ? [daysOf(period)]
      : planRanges({ ...asked, interval: 'hour', starts }, now())
    const cells = await store.listings.read(site, ranges, view, wanted, filter !== undefined || prefix !== undefined)
    return store.merges.of(cells, starts, only, filter, prefix)
  }

  /** Of one dimension, every value that begins so. */
  async function valuesOf(site: string, period: Period, view: View, dimension: Dimension, prefix = '') {
    const { dimensions } = await whole(site, period, view, [dimension], undefined, prefix)
    return dimensions.get(dimension) ?? new Map<string, Figures>()
  }

  return {
    async summary(site, period, view, filter) {
      const merged = await whole(site, period, view, [], filter)
      return filter ? toSummary(site, period, merged) : toWholeSummary(site, period, merged)
    },
    async timeseries(site, period, view, filter) {
      const asked = filter ? inHours(period) : period
      const only = filter ? [filter.dimension] : []
      const cells = await store.listings.read(site, planRanges(asked, now()), view, only, filter !== undefined)
      return toTimeseries(period, store.merges.of(cells, asked.starts, [], filter))
    },
    async breakdown(site, period, view, dimension, metric, limit, combination) {
      const only = [combination?.dimension ?? dimension]
      const merged = await whole(site, period, view, only, undefined, combination?.prefix)
      return toBreakdown(merged, dimension, metric, limit, combination)
    },
    async vitals(site, period, view) {
      return toVitals(await valuesOf(site, period, view, 'vital'))
    },
    async scroll(site, period, view, { prefix }) {
      return toScroll(await valuesOf(site, period, view, 'scroll', prefix), prefix)
    },
    async realtime(site, view) {
      const at = now()
      return toRealtime(await store.cells.read(site, [realtimeRange(at)], view, []), at)
    },
    async anomalies(site, period, limit) {
      const { incidents } = store
      return toAnomalies(
        ...(await Promise.all([incidents.list(site, period.from, period.to, limit), incidents.feedback(site)])),
      )
    },
  }
}

function isCountedByDay(dimension: Dimension): boolean {
  return !isCounted(rootPartOf(dimension), 'hour')
}
