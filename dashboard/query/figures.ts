/** Breakdowns: which values of a dimension come first, and by what. */
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { type CountedFigures, toReport } from '../../consumers/aggregator/shapes/to-report.ts'
import type { BreakdownAnswer, BreakdownDimension, Metric } from '../answers.ts'
import type { Combination } from './filter.ts'

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
  frustration: 'events',
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
  period: { dimensions: ReadonlyMap<Dimension, ReadonlyMap<string, CountedFigures>> },
  dimension: BreakdownDimension,
  metric: Metric,
  limit: number,
  combination: Combination = { dimension, prefix: '', keepsPrefix: true },
): BreakdownAnswer {
  const { prefix, keepsPrefix } = combination
  const values = period.dimensions.get(combination.dimension) ?? new Map<string, CountedFigures>()
  const found: { value: string; figures: CountedFigures; by: number | null }[] = []
  for (const [value, figures] of values)
    if (value.startsWith(prefix) && isThere(figures))
      found.push({
        value: keepsPrefix ? value : value.slice(prefix.length),
        figures,
        by: metricOf(figures, metric),
      })
  found.sort((a, b) => (b.by ?? -1) - (a.by ?? -1) || (a.value < b.value ? -1 : 1))
  return {
    dimension,
    rows: found.slice(0, limit).map(({ value, figures }) => ({ value, ...toReport(figures) })),
    total: found.length,
    sum: found.reduce((total, { by }) => total + (by ?? 0), 0),
  }
}

/** A page that was the last for a while is no exit any more, and nothing else. */
function isThere({ events, pageviews, clicks, visits, visitors }: CountedFigures): boolean {
  return events !== 0 || pageviews !== 0 || clicks !== 0 || visits !== 0 || visitors.count !== 0
}

/** As `toReport` has it, of which a panel needs ten among thousands. */
function metricOf(figures: CountedFigures, metric: Metric): number | null {
  switch (metric) {
    case 'visitors':
      return figures.visitors.count
    case 'visits':
    case 'pageviews':
    case 'clicks':
    case 'events':
      return figures[metric]
    default:
      return toReport(figures)[metric]
  }
}
