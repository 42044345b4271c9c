/** What the chart draws, before it is known how large. */
import type { Anomaly, TimeseriesAnswer } from '../../answers.ts'
import type { MetricView } from '../metrics.ts'

export type ChartPoint = {
  at: number
  /** Null where there is nothing to tell, and for what has not begun. */
  value: number | null
  /** The point of the period before that stands in the same place. */
  before: { at: number; value: number | null } | undefined
  anomalies: Anomaly[]
}

export type SeriesNames = { current: string; before: string }

export type ChartModel = {
  points: ChartPoint[]
  /** Index of the bucket that is running now, or undefined. */
  running: number | undefined
  max: number
}

/** @param end of the period, epoch milliseconds */
export function createModel(
  metric: MetricView,
  current: TimeseriesAnswer,
  end: number,
  before: TimeseriesAnswer | undefined,
  anomalies: readonly Anomaly[],
  now: number,
): ChartModel {
  const starts = current.points.map(({ at }) => Date.parse(at))
  const comparable = before?.interval === current.interval ? before.points : []
  let running: number | undefined
  const points = current.points.map((figures, i): ChartPoint => {
    const at = starts[i] as number
    const until = starts[i + 1] ?? end
    if (at <= now && now < until) running = i
    const earlier = comparable[i]
    return {
      at,
      value: at > now ? null : metric.value(figures),
      before: earlier && { at: Date.parse(earlier.at), value: metric.value(earlier) },
      anomalies: anomalies.filter((anomaly) => Date.parse(anomaly.at) >= at && Date.parse(anomaly.at) < until),
    }
  })
  const values = points.flatMap(({ value, before: earlier }) => [value ?? 0, earlier?.value ?? 0])
  return { points, running, max: Math.max(0, ...values) }
}
