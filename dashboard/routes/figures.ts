/** Figures of one site in one period, asked for once. */
import type { FastifyInstance } from 'fastify'
import type { BreakdownDimension, Metric } from '../answers.ts'
import { Problem } from '../problems.ts'
import { defaultMetric } from '../query/figures.ts'
import { type Combination, combinationOf, type Filter, parseFilter } from '../query/filter.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { View } from '../query/view.ts'
import type { Reports } from '../reports.ts'
import type { Store } from '../store/store.ts'
import { breakdownToCsv, type FormatQuery, sendCsv, timeseriesToCsv, wantsCsv } from './csv.ts'
import {
  anomaliesQuery,
  anomaliesSchema,
  breakdownParams,
  breakdownQuery,
  breakdownSchema,
  realtimeQuery,
  realtimeSchema,
  scrollQuery,
  scrollSchema,
  siteParams,
  summaryQuery,
  summarySchema,
  timeseriesQuery,
  timeseriesSchema,
  vitalsQuery,
  vitalsSchema,
} from './schemas.ts'
import { findSite, findView } from './sites.ts'

export type FiguresOptions = { store: Store; reports: Reports; now: () => number }

type FiguresQuery = PeriodQuery & FormatQuery & { generation?: string; filter?: string }
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
    const period = await periodOf(site, query)
    // Where nothing is asked for, minutes may suit the period, but they know no values.
    const unfit = query.filter !== undefined && period.interval === 'minute'
    const hourly = unfit ? await periodOf(site, { ...query, interval: 'hour' }) : period
    return [hourly, await findView(store, query.generation)]
  }

  /** @throws Problem 400 when it cannot be understood, or when minutes are asked for, which know no values */
  function filterOf({ filter, interval }: FiguresQuery): Filter | undefined {
    if (filter === undefined) return undefined
    const result = parseFilter(filter)
    if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
    if (interval === 'minute')
      throw new Problem('bad_parameter', { message: 'interval=minute has no filter; choose hour or a longer interval' })
    return result.filter
  }

  /** @throws Problem 400 when cells do not count the two together */
  function combined(dimension: BreakdownDimension, query: FiguresQuery): Combination {
    const filter = filterOf(query)
    const combination = combinationOf(dimension, filter)
    if (combination) return combination
    const message = `${filter?.dimension} and ${dimension} are counted each by itself: no filter can tell one by the other`
    throw new Problem('bad_parameter', { message })
  }

  app.get<SiteRoute>(
    '/api/sites/:site/summary',
    {
      schema: {
        summary: 'Figures of a period',
        params: siteParams,
        querystring: summaryQuery,
        response: { 200: summarySchema },
      },
    },
    async ({ params, query }) => reports.summary(params.site, ...(await asked(params.site, query)), filterOf(query)),
  )

  app.get<SiteRoute>(
    '/api/sites/:site/timeseries',
    {
      schema: {
        summary: 'Figures by minute, hour, day, week or month',
        description: 'Every interval of the period is there, with zeros where nothing happened.',
        params: siteParams,
        querystring: timeseriesQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: timeseriesSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const filter = filterOf(query)
      const [period, view] = await asked(params.site, query)
      const answer = await reports.timeseries(params.site, period, view, filter)
      return wantsCsv(request) ? sendCsv(reply, `${params.site}-${answer.interval}`, timeseriesToCsv(answer)) : answer
    },
  )

  app.get<BreakdownRoute>(
    '/api/sites/:site/breakdown/:dimension',
    {
      schema: {
        summary: 'Figures by page, referrer, country, …',
        description:
          'Page, target and event count what happened there; the visits and durations of a page are those of visits that began there. With a `filter`: targets, scroll and positions of a page, properties of an event, regions of a country.',
        params: breakdownParams,
        querystring: breakdownQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: breakdownSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const { site, dimension } = params
      const { metric = defaultMetric(dimension), limit } = query
      const combination = combined(dimension, query)
      const [period, view] = await asked(site, query)
      const answer = await reports.breakdown(site, period, view, dimension, metric, limit, combination)
      return wantsCsv(request) ? sendCsv(reply, `${site}-${dimension}`, breakdownToCsv(answer)) : answer
    },
  )

  app.get<SiteRoute>(
    '/api/sites/:site/vitals',
    {
      schema: {
        summary: 'Web vitals',
        params: siteParams,
        querystring: vitalsQuery,
        response: { 200: vitalsSchema },
      },
    },
    async ({ params, query }) => reports.vitals(params.site, ...(await asked(params.site, query))),
  )

  app.get<SiteRoute>(
    '/api/sites/:site/scroll',
    {
      schema: {
        summary: 'How far down pages were seen',
        description: 'With a `filter` by page: how far down that page was.',
        params: siteParams,
        querystring: scrollQuery,
        response: { 200: scrollSchema },
      },
    },
    async ({ params, query }) => {
      const combination = combined('scroll', query)
      return reports.scroll(params.site, ...(await asked(params.site, query)), combination)
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
