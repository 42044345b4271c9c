/** Who comes back in later weeks. */
import type { FastifyInstance } from 'fastify'
import { toCsv } from '../../consumers/facts/shapes/csv-text.ts'
import type { CohortsAnswer } from '../cohort-answers.ts'
import { createCohortReports } from '../cohort-reports.ts'
import type { Store } from '../store/store.ts'
import { type FormatQuery, sendCsv, wantsCsv } from './csv.ts'
import { tell } from './figures.ts'
import { format, siteParams } from './query-schemas.ts'
import { list, makingSchema, object, type Schema, text } from './schemas.ts'
import { findSite } from './sites.ts'
import { asVisits, type VisitsQuery, visitsQuery } from './visits.ts'

export type CohortsOptions = { store: Store; now: () => number }

const count = (description: string): Schema => ({ type: 'integer', description })
const nullableText = (description: string): Schema => ({ type: ['string', 'null'], description })
const cohortsSchema = object({
  rememberedWeeks: {
    type: ['integer', 'null'],
    description: 'For how many weeks visitors keep a name; null: for a day, and there are no cohorts',
  },
  rememberedFrom: nullableText('Since when, a UTC midnight; null: not'),
  runningWeek: nullableText('Monday of the last week, where it is not over; null: it is'),
  cohorts: list(
    object({
      week: text('Monday of the week in UTC in which they were first seen'),
      isFirstOfWindow: { type: 'boolean', description: 'Whether names began with this week, so that everybody is new' },
      visitors: count('Visitors who were first seen then'),
      later: list(
        object({
          visitors: count('Those of them who were there in the next week, the one after it, …'),
          rate: { type: ['number', 'null'], description: 'Their share of the cohort, 0 to 1; null: nobody is in it' },
        }),
      ),
    }),
  ),
})

export function registerCohorts(app: FastifyInstance, { store, now }: CohortsOptions): void {
  const visits = asVisits(store, now, (facts) => createCohortReports(facts, now))

  app.get<{ Params: { site: string }; Querystring: VisitsQuery & FormatQuery }>(
    '/api/sites/:site/cohorts',
    {
      schema: {
        summary: 'Who came back in which week',
        description:
          'Of each week that the period touches, whole and in UTC: visitors who were first seen in it, and how many of them were there in each later week of the period. Filters are about the first visit; whoever comes back does so in whatever way. Sites have cohorts from when they remember visitors for weeks.',
        params: siteParams,
        querystring: visitsQuery(format),
        produces: ['application/json', 'text/csv'],
        response: { 200: cohortsSchema, 202: makingSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const site = await findSite(store, params.site)
      const asked = await visits.asked(params.site, query)
      const answer = await visits.answer((reports) => reports.cohorts(site, asked))
      if ('making' in answer) return tell(reply, answer)
      return wantsCsv(request) ? sendCsv(reply, `${site.site}-retention`, toRows(answer)) : answer
    },
  )
}

/** A row for each cohort and week, its own (0) among them. */
function toRows({ cohorts }: CohortsAnswer): string {
  const rows = cohorts.flatMap(({ week, visitors, later }) =>
    [{ visitors, rate: visitors === 0 ? null : 1 }, ...later].map((each, i) => [week, i, each.visitors, each.rate]),
  )
  return toCsv([['week', 'weeksLater', 'visitors', 'rate'], ...rows])
}
