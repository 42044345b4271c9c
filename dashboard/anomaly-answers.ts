/** What the API answers of anomalies, as types: answers.ts says what holds for them. */
import type { Verdict } from '../consumers/anomaly-detector/shapes/feedback.ts'
import type { Change, SeriesName, Severity } from '../consumers/anomaly-detector/shapes/incident.ts'

/** A series of a site: of the whole site, or of one page or source of it. */
export type WatchedSeries = SeriesName
/** An incident: what was out of the ordinary at a site, from when to when. */
export type Anomaly = WatchedSeries & {
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
  others: WatchedSeries[]
  /** What contributed most to the difference, at the peak. */
  changed: Change[]
  /** What somebody said of it last, where it was asked for; absent: nothing. */
  verdict?: Exclude<Verdict, 'none'>
}
export type AnomaliesAnswer = { anomalies: Anomaly[] }
