/** What was out of the ordinary at a site, and what people say of it. */
import type { FastifyInstance } from 'fastify'
import { toAnomaly } from '../../consumers/anomaly-detector/shapes/anomaly.ts'
import { type Verdict, verdicts } from '../../consumers/anomaly-detector/shapes/feedback.ts'
import {
  countMetrics,
  hourlyMetrics,
  pipelineDimensions,
  pipelineMetrics,
  seriesDimensions,
  seriesKey,
  severities,
  topDimensions,
} from '../../consumers/anomaly-detector/shapes/incident.ts'
import { Problem } from '../problems.ts'
import { type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { Reports } from '../reports.ts'
import type { Store } from '../store/store.ts'
import { limit, period, query, siteParams } from './query-schemas.ts'
import { count, list, number, object, type Schema, text, time } from './schemas.ts'
import { findWatched } from './sites.ts'

const watchedSeries = {
  metric: { type: 'string', enum: [...countMetrics, ...hourlyMetrics, ...pipelineMetrics] },
  dimension: { type: 'string', enum: [...seriesDimensions, 'consumer'], description: 'Absent: of the whole site' },
  value: text('Which page, source or target of clicks; which consumer'),
}
const optionalInSeries = ['dimension', 'value']
export const anomalySchema = object(
  {
    id: text('Names it at its site'),
    at: time('Start of the first minute or hour'),
    end: time('End of the last; absent while it goes on'),
    ...watchedSeries,
    severity: { type: 'string', enum: severities },
    evidence: number('-log10 of the probability that chance made it; 0 where a limit is known, and was passed'),
    peakAt: time('Start of the minutes or the hour that were furthest from what was expected'),
    stepSeconds: count(
      'How long that is: 60 or 3600; 180, 300, 900 or 1800 where only several minutes together were unusual',
    ),
    observed: number('What it had: a count, a share, a vital as its browsers report it, seconds'),
    expected: number('What was expected of it'),
    low: number('Lower end of what was normal'),
    high: number('Upper end of what was normal'),
    others: list(object(watchedSeries, optionalInSeries)),
    changed: list(
      object({
        dimension: { type: 'string', enum: [...topDimensions, ...pipelineDimensions] },
        value: text('What contributed to the difference'),
        observed: number('Events of it at the peak'),
        expected: number('What was expected of it'),
      }),
    ),
    verdict: { type: 'string', enum: ['useful', 'noise'], description: 'What somebody said of it; absent: nothing' },
  },
  ['end', 'verdict', ...optionalInSeries],
)
const anomaliesSchema = object({ anomalies: list(anomalySchema) })
const feedbackBodySchema: Schema = {
  type: 'object',
  required: ['id', 'verdict'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', maxLength: 300, description: 'The `id` of an anomaly' },
    verdict: { type: 'string', enum: verdicts, description: 'none takes back what was said' },
  },
}

type ListRoute = { Params: { site: string }; Querystring: PeriodQuery & { limit: number } }
type FeedbackRoute = { Params: { site: string }; Body: { id: string; verdict: Verdict } }

export type AnomaliesOptions = { store: Store; reports: Reports; now: () => number }

export function registerAnomalies(app: FastifyInstance, { store, reports, now }: AnomaliesOptions): void {
  app.get<ListRoute>(
    '/api/sites/:site/anomalies',
    {
      schema: {
        summary: 'Incidents: what was out of the ordinary, latest first',
        params: siteParams,
        querystring: query({ ...period, ...limit(100) }),
        response: { 200: anomaliesSchema },
      },
    },
    async ({ params, query: asked }) => {
      const result = parsePeriod(asked, await findWatched(store, params.site), now())
      if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
      return reports.anomalies(params.site, result.period, asked.limit)
    },
  )

  app.post<FeedbackRoute>(
    '/api/sites/:site/anomalies/feedback',
    {
      schema: {
        summary: 'Say whether an incident was worth telling: the detector needs more evidence for what was noise',
        params: siteParams,
        body: feedbackBodySchema,
        response: { 200: anomalySchema },
      },
    },
    async ({ params, body: { id, verdict } }) => {
      const { site } = await findWatched(store, params.site)
      const incident = await store.incidents.find(site, id)
      if (!incident) throw new Problem('unknown_anomaly')
      const series = seriesKey(incident.series)
      await store.incidents.addFeedback(site, { at: now(), incident: id, series, verdict })
      return toAnomaly(incident, verdict)
    },
  )
}
