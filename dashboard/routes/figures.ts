/** Figures of one site in one period, asked for once. */
import type { FastifyInstance } from 'fastify'
import type { BreakdownDimension, Metric } from '../answers.ts'
import { Problem } from '../problems.ts'
import { defaultMetric } from '../query/figures.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { View } from '../query/view.ts'
import type { Reports } from '../reports.ts'
import type { Store } from '../store/store.ts'
import {
  anomaliesQuery,
  anomaliesSchema,
  breakdownParams,
  breakdownQuery,
  breakdownSchema,
  periodQuery,
  realtimeQuery,
  realtimeSchema,
  siteParams,
  summarySchema,
  timeseriesSchema,
} from './schemas.ts'
import { findSite, findView } from './sites.ts'

export type FiguresOptions = { store: Store; reports: Reports; now: () => number }

type FiguresQuery = PeriodQuery & { generation?: string }
type SiteRoute = { Params: { site: string }; Querystring: FiguresQuery }
type BreakdownRoute = {
  Params: { site: string; dimension: BreakdownDimension }
  Querystring: FiguresQuery & { metric?: Metric; limit: number }
}
type AnomaliesRoute = { Params: { site: string }; Querystring: PeriodQuery & { limit: number } }

export function registerFigures(app: FastifyInstance, { store, reports, now }: FiguresOptions): void {
  /** @throws Problem 404 for the site, 400 for the period */
  async function periodOf(site: string, query: PeriodQuery): Promise<Period> {
    const result = parsePeriod(query, await findSite(store, site), now())
    if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
    return result.period
  }

  /** Both as of now: a whole answer goes by one view. */
  async function asked(site: string, query: FiguresQuery): Promise<[Period, View]> {
    return [await periodOf(site, query), await findView(store, query.generation)]
  }

  app.get<SiteRoute>(
    '/api/sites/:site/summary',
    {
      schema: {
        summary: 'Figures of a period',
        params: siteParams,
        querystring: periodQuery,
        response: { 200: summarySchema },
      },
    },
    async ({ params, query }) => reports.summary(params.site, ...(await asked(params.site, query))),
  )

  app.get<SiteRoute>(
    '/api/sites/:site/timeseries',
    {
      schema: {
        summary: 'Figures by minute, hour, day, week or month',
        description: 'Every interval of the period is there, with zeros where nothing happened.',
        params: siteParams,
        querystring: periodQuery,
        response: { 200: timeseriesSchema },
      },
    },
    async ({ params, query }) => reports.timeseries(params.site, ...(await asked(params.site, query))),
  )

  app.get<BreakdownRoute>(
    '/api/sites/:site/breakdown/:dimension',
    {
      schema: {
        summary: 'Figures by page, referrer, country, …',
        description:
          'Page, target and event count what happened there; the visits and durations of a page are those of visits that began there.',
        params: breakdownParams,
        querystring: breakdownQuery,
        response: { 200: breakdownSchema },
      },
    },
    async ({ params, query }) => {
      const { metric = defaultMetric(params.dimension), limit } = query
      return reports.breakdown(params.site, ...(await asked(params.site, query)), params.dimension, metric, limit)
    },
  )

  app.get<{ Params: { site: string }; Querystring: { generation?: string } }>(
    '/api/sites/:site/realtime',
    {
      schema: {
        summary: 'Right now',
        params: siteParams,
        querystring: realtimeQuery,
        response: { 200: realtimeSchema },
      },
    },
    async ({ params, query }) => {
      const { site } = await findSite(store, params.site)
      return reports.realtime(site, await findView(store, query.generation))
    },
  )

  app.get<AnomaliesRoute>(
    '/api/sites/:site/anomalies',
    {
      schema: {
        summary: 'Minutes that were out of the ordinary, latest first',
        params: siteParams,
        querystring: anomaliesQuery,
        response: { 200: anomaliesSchema },
      },
    },
    async ({ params, query }) => reports.anomalies(params.site, await periodOf(params.site, query), query.limit),
  )
}
