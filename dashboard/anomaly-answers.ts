/** What the API answers of anomalies, as types: answers.ts says what holds for them. */
import type { Anomaly } from '../consumers/anomaly-detector/shapes/anomaly.ts'
import type { SeriesName } from '../consumers/anomaly-detector/shapes/incident.ts'

/** A series of a site: of the whole site, or of one page or source of it. */
export type WatchedSeries = SeriesName
export type { Anomaly }
export type AnomaliesAnswer = { anomalies: Anomaly[] }
