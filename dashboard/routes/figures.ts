/** Figures of one site in one period, asked for once. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { BreakdownDimension, MakingAnswer, Metric } from '../answers.ts'
import { type Asked, createFactReports, type FactReports } from '../fact-reports.ts'
import { isUnavailable, Problem } from '../problems.ts'
import { type Condition, plainFilter } from '../query/conditions.ts'
import { defaultMetric } from '../query/figures.ts'
import { type Combination, combinationOf } from '../query/filter.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../query/period.ts'
import { inHours } from '../query/plan.ts'
import type { View } from '../query/view.ts'
import type { Reports } from '../reports.ts'
import type { Store } from '../store/store.ts'
import { createVisitReports, type VisitReports } from '../visit-reports.ts'
import { breakdownToCsv, type FormatQuery, sendCsv, timeseriesToCsv, wantsCsv } from './csv.ts'
import { goalOf } from './known-goals.ts'
import {
  breakdownParams,
  breakdownQuery,
  realtimeQuery,
  scrollQuery,
  siteParams,
  summaryQuery,
  timeseriesQuery,
  vitalsQuery,
} from './query-schemas.ts'
import {
  breakdownSchema,
  makingSchema,
  realtimeSchema,
  scrollSchema,
  summarySchema,
  timeseriesSchema,
  vitalsSchema,
} from './schemas.ts'
import { conditionsOf } from './segments.ts'
import { findSite, findView } from './sites.ts'

export type FiguresOptions = { store: Store; reports: Reports; now: () => number }

type FiguresQuery = PeriodQuery & FormatQuery & { generation?: string; filter?: string[]; segment?: string }
type SiteRoute = { Params: { site: string }; Querystring: FiguresQuery }
type BreakdownRoute = {
  Params: { site: string; dimension: BreakdownDimension }
  Querystring: FiguresQuery & { metric?: Metric; limit: number; goal?: string }
}

const noFacts = 'this dashboard answers under one value at a time'

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
    const isPart = query.filter !== undefined || query.segment !== undefined
    const unfit = isPart && period.interval === 'minute'
    const hourly = unfit ? await periodOf(site, { ...query, interval: 'hour' }) : period
    return [hourly, await findView(store, query.generation)]
  }

  /** @throws Problem as `conditionsOf`, and 400 when minutes are asked for, which know no values */
  async function askedOf(site: string, query: FiguresQuery): Promise<Condition[]> {
    const conditions = await conditionsOf(store, site, query)
    if (conditions.length > 0 && query.interval === 'minute')
      throw new Problem('bad_parameter', { message: 'interval=minute has no filter; choose hour or a longer interval' })
    return conditions
  }

  /**
   * What cells count under these conditions by a dimension; undefined where facts are to be asked.
   *
   * @throws Problem 400 where there are no facts
   */
  function combined(dimension: BreakdownDimension, conditions: readonly Condition[]): Combination | undefined {
    const filter = plainFilter(conditions)
    const combination = conditions.length === 0 || filter ? combinationOf(dimension, filter) : undefined
    if (combination || store.facts) return combination
    const message = filter
      ? `${filter.dimension} and ${dimension} are counted each by itself: no filter can tell one by the other`
      : noFacts
    throw new Problem('bad_parameter', { message })
  }

  /** Whether cells have figures of this; else facts do. */
  function isPlain(conditions: readonly Condition[]): boolean {
    if (conditions.length === 0 || plainFilter(conditions)) return true
    if (!store.facts) throw new Problem('bad_parameter', { message: noFacts })
    return false
  }

  const facts = store.facts && { ...createFactReports(store.facts), visits: createVisitReports(store.facts) }
  /** @throws Problem that says why there is no answer */
  async function fromFacts<T>(answer: (reports: FactReports & { visits: VisitReports }) => Promise<T>): Promise<T> {
    if (!facts) throw new Problem('bad_parameter', { message: noFacts })
    try {
      return await answer(facts)
    } catch (error) {
      throw toFactsProblem(error)
    }
  }

  /** @throws Problem that says why there is no answer */
  async function ratesOf(asked: Asked, id: string, dimension: BreakdownDimension) {
    const goal = await goalOf(store, asked.site, id)
    return fromFacts(({ visits }) => visits.ratesBy(asked, goal, dimension))
  }

  app.get<SiteRoute>(
    '/api/sites/:site/summary',
    {
      schema: {
        summary: 'Figures of a period',
        params: siteParams,
        querystring: summaryQuery,
        response: { 200: summarySchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const conditions = await askedOf(params.site, query)
      const [period, view] = await asked(params.site, query)
      const plain = () => reports.summary(params.site, period, view, plainFilter(conditions))
      if (isPlain(conditions)) return plain()
      const events = async () => (await reports.summary(params.site, inHours(period), view)).events
      return tell(
        reply,
        await fromFacts((from) => from.summary({ site: params.site, period, view, conditions }, events)),
      )
    },
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
        response: { 200: timeseriesSchema, 202: makingSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const conditions = await askedOf(params.site, query)
      const [period, view] = await asked(params.site, query)
      const answer = isPlain(conditions)
        ? await reports.timeseries(params.site, period, view, plainFilter(conditions))
        : await fromFacts((from) => from.timeseries({ site: params.site, period, view, conditions }))
      if ('making' in answer) return tell(reply, answer)
      return wantsCsv(request) ? sendCsv(reply, `${params.site}-${answer.interval}`, timeseriesToCsv(answer)) : answer
    },
  )

  app.get<BreakdownRoute>(
    '/api/sites/:site/breakdown/:dimension',
    {
      schema: {
        summary: 'Figures by page, referrer, country, …',
        description:
          'Page, target and event count what happened there; the visits and durations of a page are those of visits that began there. Under filters, figures are of the events that they hold for, and of the visits that began so.',
        params: breakdownParams,
        querystring: breakdownQuery,
        produces: ['application/json', 'text/csv'],
        response: { 200: breakdownSchema, 202: makingSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const { site, dimension } = params
      const { metric = defaultMetric(dimension), limit } = query
      const conditions = await askedOf(params.site, query)
      const combination = combined(dimension, conditions)
      const [period, view] = await asked(site, query)
      const rates =
        query.goal === undefined ? undefined : await ratesOf({ site, period, view, conditions }, query.goal, dimension)
      if (rates && 'making' in rates) return tell(reply, rates)
      const plain = combination
        ? await reports.breakdown(site, period, view, dimension, metric, limit, combination)
        : await fromFacts((from) => from.breakdown({ site, period, view, conditions }, dimension, metric, limit))
      if ('making' in plain) return tell(reply, plain)
      const answer = rates
        ? { ...plain, rows: plain.rows.map((row) => ({ ...row, ...(rates.get(row.value) ?? noRate) })) }
        : plain
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
        response: { 200: vitalsSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const conditions = await askedOf(params.site, query)
      const [period, view] = await asked(params.site, query)
      if (combined('vital', conditions)) return reports.vitals(params.site, period, view)
      return tell(reply, await fromFacts((from) => from.vitals({ site: params.site, period, view, conditions })))
    },
  )

  app.get<SiteRoute>(
    '/api/sites/:site/scroll',
    {
      schema: {
        summary: 'How far down pages were seen',
        description: 'With a `filter` by page: how far down that page was.',
        params: siteParams,
        querystring: scrollQuery,
        response: { 200: scrollSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const conditions = await askedOf(params.site, query)
      const combination = combined('scroll', conditions)
      const [period, view] = await asked(params.site, query)
      if (combination) return reports.scroll(params.site, period, view, combination)
      return tell(reply, await fromFacts((from) => from.scroll({ site: params.site, period, view, conditions })))
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
}

const retrySeconds = 1
const noRate = { goalVisits: null, conversions: null, conversionRate: null }

/** An answer, or with 202 how far it is. */
export function tell<T extends object>(reply: FastifyReply, answer: T | MakingAnswer): T | MakingAnswer {
  if ('making' in answer) reply.code(202).header('retry-after', retrySeconds)
  return answer
}

/**
 * Of a FactsError, and of what making facts ends with.
 *
 * @param given what stands in the address
 */
export function toFactsProblem(error: unknown, given = 'filter'): unknown {
  const { code, message } = error as { code?: unknown; message: string }
  switch (code) {
    case 'too_slow':
    case 'too_large':
      return new Problem('facts_too_large', { cause: error })
    case 'bad_sql':
      // All that comes from outside are values, and of these patterns alone can be wrong.
      return new Problem('bad_parameter', { message: `${given} cannot be used: ${message}`, cause: error })
    case 'object_missing':
    case 'object_corrupt':
    case 'worker_ended':
      return new Problem('facts_failed', { cause: error })
    default:
      return isUnavailable(error) ? new Problem('unavailable', { cause: error }) : error
  }
}
