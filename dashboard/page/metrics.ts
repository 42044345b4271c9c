/** The figures that tiles and chart show: how each is read, written and judged. */

import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import type { ReportFigures } from '../answers.ts'
import type { Condition } from '../query/conditions.ts'
import {
  formatCount,
  formatCountTick,
  formatDecimal,
  formatDuration,
  formatDurationTick,
  formatPercent,
} from './format.ts'
import { texts } from './texts.ts'

export const metricNames = [
  'visitors',
  'visits',
  'pageviews',
  'clicks',
  'viewsPerVisit',
  'bounceRate',
  'visitDurationSeconds',
  'engagedSeconds',
] as const
export type MetricName = (typeof metricNames)[number] | 'events'

/** What its numbers are, which decides how an axis is divided. */
export type MetricKind = 'count' | 'decimal' | 'ratio' | 'duration'

export type MetricView = {
  /** Under which anomalies and answers know it, where they do. */
  name?: MetricName
  label: string
  kind: MetricKind
  /** Null when there is nothing to tell: no visits, no rate. */
  value(figures: ReportFigures): number | null
  format(value: number): string
  /** Shorter, for an axis that goes up to `top`. */
  formatTick(value: number, top: number): string
  /** A bounce rate that falls is good news. */
  lowerIsBetter: boolean
}

const count = (name: 'visitors' | 'visits' | 'pageviews' | 'clicks' | 'events'): MetricView => ({
  name,
  label: texts.metrics[name],
  kind: 'count',
  value: (figures) => figures[name],
  format: formatCount,
  formatTick: formatCountTick,
  lowerIsBetter: false,
})
const duration = (name: 'visitDurationSeconds' | 'engagedSeconds'): MetricView => ({
  label: texts.metrics[name],
  kind: 'duration',
  value: (figures) => (figures.visits > 0 ? figures[name] : null),
  format: formatDuration,
  formatTick: formatDurationTick,
  lowerIsBetter: false,
})

export const metricViews: Record<MetricName, MetricView> = {
  visitors: count('visitors'),
  visits: count('visits'),
  pageviews: count('pageviews'),
  clicks: count('clicks'),
  events: count('events'),
  viewsPerVisit: {
    label: texts.metrics.viewsPerVisit,
    kind: 'decimal',
    value: ({ pageviews, visits }) => (visits > 0 ? pageviews / visits : null),
    format: formatDecimal,
    formatTick: formatDecimal,
    lowerIsBetter: false,
  },
  bounceRate: {
    label: texts.metrics.bounceRate,
    kind: 'ratio',
    value: ({ bounceRate }) => bounceRate,
    format: formatPercent,
    formatTick: formatPercent,
    lowerIsBetter: true,
  },
  visitDurationSeconds: duration('visitDurationSeconds'),
  engagedSeconds: duration('engagedSeconds'),
}

/** The figures that there are under filters: of what was clicked there are no visits. */
export function metricsUnder(filters: readonly Condition[]): readonly MetricName[] {
  const asked = (dimension: Dimension) => filters.some((each) => each.dimension === dimension && !each.negated)
  if (asked('target')) return ['visitors', 'clicks']
  if (asked('event')) return ['visitors', 'events']
  // Its views are those of all visits, its visits those that began there.
  if (filters.some(({ dimension }) => dimension === 'page'))
    return metricNames.filter((name) => name !== 'viewsPerVisit')
  return metricNames
}
