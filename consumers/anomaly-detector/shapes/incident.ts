/** An incident, and the series that it is told of. Its identity is site, start and leading series: whoever finds it again finds the same. */
export const countMetrics = [
  'pageviews',
  'visitors',
  'clicks',
  'conversions',
  'errors',
  'clicksOfOneVisitor',
  'eventsOfOneNetwork',
  'unengagedViews',
] as const
export type CountMetric = (typeof countMetrics)[number]

/** Of the pipeline itself: seconds that a consumer is behind, events that the ledger misses, the share that the endpoint rejects. */
export const pipelineMetrics = ['lag', 'unaccounted', 'rejectRate'] as const
export type PipelineMetric = (typeof pipelineMetrics)[number]

/** What figures are broken down by, to say what changed. */
export const topDimensions = ['page', 'source', 'country', 'target', 'event', 'error', 'network'] as const
export type TopDimension = (typeof topDimensions)[number]

/** What figures of the pipeline are broken down by. */
export const pipelineDimensions = ['consumer', 'shard', 'reason'] as const
export type ChangeDimension = TopDimension | (typeof pipelineDimensions)[number]

export const vitalNames = ['LCP', 'INP', 'CLS'] as const
export type VitalName = (typeof vitalNames)[number]

export const hourlyMetrics = ['pageviewsPerHour', 'bounceRate', ...vitalNames] as const
export type HourlyMetric = (typeof hourlyMetrics)[number]

/** Dimensions whose most frequent values have series of their own. */
export const seriesDimensions = ['source', 'page', 'target'] as const
export type SeriesDimension = (typeof seriesDimensions)[number]

/** The series of one site, or of a page, a source or what is clicked; of the pipeline, or of a consumer: what is watched. */
export type SeriesName = {
  metric: CountMetric | HourlyMetric | PipelineMetric
  dimension?: SeriesDimension | 'consumer'
  value?: string
}

export type Change = { dimension: ChangeDimension; value: string; observed: number; expected: number }

export const severities = ['notice', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

/** Times are epoch milliseconds. */
export type Incident = {
  site: string
  /** Start of its first minute, or hour. */
  at: number
  /** End of the last; undefined while it goes on. */
  end: number | undefined
  /** The series that leads it, and all others that were unusual with it. */
  series: SeriesName
  others: SeriesName[]
  severity: Severity
  /** -log10 of the probability that chance made it; 0 where a limit is known, and was passed. */
  evidence: number
  /** The minute or hour that was furthest from what was expected, and the band that was usual. */
  peak: { at: number; observed: number; expected: number; low: number; high: number }
  /** What contributes most to the difference, largest first. */
  changed: Change[]
  /** The leading series around it. */
  picture: { at: number; observed: number; expected: number; low: number; high: number }[]
  stepMs: number
}

/** One text for one series. */
export function seriesKey({ metric, dimension, value }: SeriesName): string {
  return dimension === undefined ? metric : `${metric} ${dimension} ${value}`
}

/** Sort key: time first, so that a period is one range. With the site, the identity of an incident. */
export function incidentKey({ at, series }: Pick<Incident, 'at' | 'series'>): string {
  return `${new Date(at).toISOString()}#${seriesKey(series)}`
}
