/** From where visits come to a page, and where they go. */
import type { FastifyInstance } from 'fastify'
import type { Store } from '../store/store.ts'
import { createVisitReports } from '../visit-reports.ts'
import { tell } from './figures.ts'
import { siteParams } from './query-schemas.ts'
import { list, makingSchema, object, type Schema } from './schemas.ts'
import { asVisits, type VisitsQuery, visitsQuery } from './visits.ts'

export type JourneysOptions = { store: Store; now: () => number }

const page = (description: string): Schema => ({ type: ['string', 'null'], description })
const journeysSchema = object({
  page: page('The page that is looked at; null: whatever a visit began with'),
  visits: { type: 'integer', description: 'Visits that saw it' },
  moves: list(
    object({
      away: { type: 'integer', description: 'How far `from` is from the page: -3 to 2; `to` is one further' },
      from: page('A page; empty: all that are not told apart; null: the visit began with `to`'),
      to: page('The same; null: the visit ended with `from`'),
      visits: { type: 'integer', description: 'Visits that went so' },
    }),
  ),
})

export function registerJourneys(app: FastifyInstance, { store, now }: JourneysOptions): void {
  const visits = asVisits(store, now, createVisitReports)

  app.get<{ Params: { site: string }; Querystring: VisitsQuery & { page?: string } }>(
    '/api/sites/:site/journeys',
    {
      schema: {
        summary: 'From where visits came to a page, and where they went',
        description:
          'Of visits that began in the period, by whole hours: up to three pages before and after the first view of the page. Of each place the six most seen pages are told apart.',
        params: siteParams,
        querystring: visitsQuery({
          page: { type: 'string', maxLength: 2048, description: 'By default what visits began with' },
        }),
        response: { 200: journeysSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const asked = await visits.asked(params.site, query)
      return tell(reply, await visits.answer((reports) => reports.journeys(asked, query.page)))
    },
  )
}
