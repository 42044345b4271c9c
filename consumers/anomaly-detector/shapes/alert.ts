/**
 * An anomaly as the table `alerts` holds it: one item a site, metric and minute, under a key made of them, so
 * that finding it again writes it again and nothing is doubled.
 */
export const watchedMetrics = ['pageviews', 'clicks'] as const
export type WatchedMetric = (typeof watchedMetrics)[number]

export type Alert = {
  site: string
  /** Start of the minute, epoch milliseconds. */
  at: number
  metric: WatchedMetric
  /** Events in that minute. */
  observed: number
  /** What the baseline expected, and the band it called normal. */
  expected: number
  low: number
  high: number
  /** How far outside, in robust standard deviations. */
  score: number
}

/** Sort key: time first, so that a period is one range. */
export function alertKey(at: number, metric: WatchedMetric): string {
  return `${new Date(at).toISOString()}#${metric}`
}
