/** A merged period as the API answers it. */
import { type CountedFigures, toReport } from '../../consumers/aggregator/shapes/to-report.ts'
import type { Alert } from '../../consumers/anomaly-detector/shapes/alert.ts'
import type { AnomaliesAnswer, SummaryAnswer, TimeseriesAnswer } from '../answers.ts'
import type { Period } from './period.ts'

export function toSummary(site: string, period: Period, merged: { totals: CountedFigures }): SummaryAnswer {
  return { site, from: isoTime(period.from), to: isoTime(period.to), ...toReport(merged.totals) }
}

/** Every bucket of the period, zeros included. */
export function toTimeseries(
  period: Period,
  merged: { points: readonly CountedFigures[]; lateEvents: readonly number[] },
): TimeseriesAnswer {
  return {
    interval: period.interval,
    points: merged.points.map((figures, i) => ({
      at: isoTime(period.starts[i] ?? period.from),
      ...toReport(figures),
      lateEvents: merged.lateEvents[i] ?? 0,
    })),
  }
}

export function toAnomalies(alerts: readonly Alert[]): AnomaliesAnswer {
  return { anomalies: alerts.map(({ site: _, at, ...rest }) => ({ at: isoTime(at), ...rest })) }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
