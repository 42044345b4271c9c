/** What would have been told of a metric's past, at a threshold that somebody tries. */
import type { FastifyInstance } from 'fastify'
import { type BacktestMetric, backtestMetrics } from '../anomaly-answers.ts'
import { Problem } from '../problems.ts'
import { readPeriod, toBacktest } from '../query/backtest.ts'
import { type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { Reports } from '../reports.ts'
import type { Store } from '../store/store.ts'
import { anomalySchema } from './anomalies.ts'
import { period, siteParams } from './query-schemas.ts'
import { list, number, object, type Schema, time } from './schemas.ts'
import { findSite, findView } from './sites.ts'

const intervals = ['minute', 'hour'] as const
/** Hours of a longer period would be read for one question: with what comes before, some four months. */
const maxDays = 100
const dayMs = 86_400_000

const querySchema: Schema = {
  type: 'object',
  required: ['metric'],
  properties: {
    ...period,
    metric: { type: 'string', enum: backtestMetrics, description: 'bounceRate by the hour alone' },
    interval: {
      type: 'string',
      enum: intervals,
      default: 'hour',
      description: 'Steps that are judged: minutes of the last 48 hours, or hours',
    },
    evidence: {
      type: 'number',
      minimum: 1,
      maximum: 30,
      default: 9,
      description: '-log10 of the probability of chance from which on an incident is told; 9 is what sites go by',
    },
  },
}
const nullableNumber = (description: string): Schema => ({ type: ['number', 'null'], description })
const backtestSchema = object({
  metric: { type: 'string', enum: backtestMetrics },
  interval: { type: 'string', enum: intervals },
  evidence: number('As it was asked for'),
  toldFrom: {
    type: ['string', 'null'],
    description: 'Before it too little was known to tell anything; null: all the time',
  },
  points: list(
    object({
      at: time('Start of the minute or hour'),
      observed: number('What it had'),
      expected: nullableNumber('What was expected; null where nothing was known'),
      low: nullableNumber('Lower end of what was normal'),
      high: nullableNumber('Upper end of what was normal'),
    }),
  ),
  anomalies: list(anomalySchema),
})

type BacktestRoute = {
  Params: { site: string }
  Querystring: PeriodQuery & { metric: BacktestMetric; interval: (typeof intervals)[number]; evidence: number }
}

export type BacktestRouteOptions = { store: Store; reports: Reports; now: () => number }

export function registerBacktest(app: FastifyInstance, { store, reports, now }: BacktestRouteOptions): void {
  app.get<BacktestRoute>(
    '/api/sites/:site/anomalies/backtest',
    {
      schema: {
        summary: 'The incidents that a metric would have raised',
        description:
          'A metric of a site over its past, judged by the code that watches it: what was expected, and what would have been told at this threshold. Opinions of people count for nothing in it. Parameters that it does not know are refused.',
        params: siteParams,
        querystring: querySchema,
        response: { 200: backtestSchema },
      },
    },
    async ({ params, query }) => {
      const unknown = Object.keys(query).find((name) => !(name in (querySchema.properties as object)))
      if (unknown !== undefined) throw bad(`'${unknown.slice(0, 64)}' is no parameter of a backtest`)
      const { metric, interval, evidence } = query
      if (metric === 'bounceRate' && interval === 'minute')
        throw bad('bounceRate is judged by the hour: choose interval=hour')
      const at = now()
      const found = await findSite(store, params.site)
      // Hours are read one by one, but a period of too many of them is told of by its days.
      const asked = parsePeriod({ ...query, interval: interval === 'minute' ? 'minute' : 'day' }, found, at)
      if (!asked.ok) throw bad(asked.message)
      const { from, to } = asked.period
      if (to - from > maxDays * dayMs) throw bad(`a backtest is of at most ${maxDays} days`)
      if (from >= at) throw bad('a backtest is of the past: from must be before now')
      const { site } = found
      const question = { site, metric, interval, evidence, from, to }
      return toBacktest(question, await reports.timeseries(site, readPeriod(question, at), await findView(store)))
    },
  )
}

function bad(message: string): Problem {
  return new Problem('bad_parameter', { message })
}
