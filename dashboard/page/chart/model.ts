/** What the chart draws, before it is known how large. */
import type { Anomaly } from '../../anomaly-answers.ts'
import type { TimeseriesAnswer, TimeseriesPoint } from '../../answers.ts'
import type { MetricView } from '../metrics.ts'

export type ChartPoint = {
  at: number
  /** Null where there is nothing to tell, and for what has not begun. */
  value: number | null
  /** The point of the period before that stands in the same place. */
  before: { at: number; value: number | null } | undefined
  /** Incidents that were at their peak then. */
  anomalies: Anomaly[]
  /** What was normal there: of the strongest incident of this figure, in a chart of minutes. */
  band: { low: number; high: number } | undefined
  /** Events that arrived on a later day, where they are enough to change what was seen. */
  lateEvents: number
}

export type SeriesNames = { current: string; before: string }

export type ChartModel = {
  points: ChartPoint[]
  /** Index of the bucket that is running now, or undefined. */
  running: number | undefined
  max: number
}

/** Of the events of a point, those that came late; below that the line looks the same. */
const noticedShare = 0.01

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
    const found = anomalies.filter((anomaly) => isWithin(Date.parse(anomaly.peakAt), at, until))
    return {
      at,
      value: at > now ? null : metric.value(figures),
      before: earlier && { at: Date.parse(earlier.at), value: metric.value(earlier) },
      anomalies: found,
      band: current.interval === 'minute' ? bandOf(metric, found) : undefined,
      lateEvents: isRestated(figures) ? figures.lateEvents : 0,
    }
  })
  const values = points.flatMap(({ value, before: earlier, band }) => [
    value ?? 0,
    earlier?.value ?? 0,
    band?.high ?? 0,
  ])
  return { points, running, max: Math.max(0, ...values) }
}

function bandOf({ name }: MetricView, anomalies: readonly Anomaly[]): ChartPoint['band'] {
  const [strongest] = anomalies
    .filter(({ metric, dimension }) => metric === name && dimension === undefined)
    .sort((a, b) => b.evidence - a.evidence)
  return strongest && { low: Math.max(0, strongest.low), high: strongest.high }
}

function isWithin(at: number, from: number, until: number): boolean {
  return at >= from && at < until
}

/** What came late as a whole, such as an import, changed nothing that anybody had seen. */
function isRestated({ lateEvents, events }: TimeseriesPoint): boolean {
  return lateEvents < events && lateEvents >= events * noticedShare && lateEvents > 0
}
