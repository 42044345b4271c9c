/** A merged period as the API answers it. */
import { type CountedFigures, toReport } from '../../consumers/aggregator/shapes/to-report.ts'
import { toAnomaly } from '../../consumers/anomaly-detector/shapes/anomaly.ts'
import { type Feedback, verdictsAt } from '../../consumers/anomaly-detector/shapes/feedback.ts'
import { type Incident, incidentKey } from '../../consumers/anomaly-detector/shapes/incident.ts'
import type { AnomaliesAnswer } from '../anomaly-answers.ts'
import type { SummaryAnswer, TimeseriesAnswer } from '../answers.ts'
import type { Period } from './period.ts'

export function toSummary(site: string, period: Period, merged: { totals: CountedFigures }): SummaryAnswer {
  return { site, from: isoTime(period.from), to: isoTime(period.to), ...toReport(merged.totals) }
}

/** Of all that happened at a site, and not only of a part of it. */
export function toWholeSummary(site: string, period: Period, merged: { totals: CountedFigures }): SummaryAnswer {
  return { ...toSummary(site, period, merged), bots: merged.totals.bots }
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

/** @param feedback what people have said of the site's incidents, where it is asked for */
export function toAnomalies(incidents: readonly Incident[], feedback: readonly Feedback[] = []): AnomaliesAnswer {
  const given = verdictsAt(feedback, Number.POSITIVE_INFINITY)
  return { anomalies: incidents.map((incident) => toAnomaly(incident, given.get(incidentKey(incident))?.verdict)) }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
