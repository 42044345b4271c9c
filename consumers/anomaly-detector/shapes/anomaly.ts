/** An incident as it is told: by the API (docs/api.md), and to webhooks. Times are ISO 8601. */
import type { Verdict } from './feedback.ts'
import { type Change, type Incident, incidentKey, type SeriesName, type Severity } from './incident.ts'

/** An incident: what was out of the ordinary at a site, from when to when. */
export type Anomaly = SeriesName & {
  /** Names it at its site. */
  id: string
  at: string
  /** Absent while it goes on. */
  end?: string
  severity: Severity
  /** -log10 of the probability that chance made it. */
  evidence: number
  /** Of the minute or hour that was furthest from what was expected, and how long that is. */
  peakAt: string
  stepSeconds: number
  observed: number
  expected: number
  low: number
  high: number
  /** What else was unusual with it. */
  others: SeriesName[]
  /** What contributed most to the difference, at the peak. */
  changed: Change[]
  /** What somebody said of it last, where it was asked for; absent: nothing. */
  verdict?: Exclude<Verdict, 'none'>
}

export function toAnomaly(incident: Incident, verdict: Verdict = 'none'): Anomaly {
  const { at, end, series, severity, evidence, peak, stepMs, others, changed } = incident
  const { at: peakAt, ...values } = peak
  return {
    id: incidentKey(incident),
    at: isoTime(at),
    ...(end !== undefined && { end: isoTime(end) }),
    ...series,
    severity,
    evidence,
    peakAt: isoTime(peakAt),
    stepSeconds: stepMs / 1000,
    ...values,
    others,
    changed,
    ...(verdict !== 'none' && { verdict }),
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
