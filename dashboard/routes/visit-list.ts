/** Single visits of a site: which there were, and what happened in one. */
import type { FastifyInstance } from 'fastify'
import { toCsv } from '../../consumers/facts/shapes/csv-text.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import { happenings, type VisitRow } from '../visit-list-answers.ts'
import { createVisitListReports } from '../visit-list-reports.ts'
import { type FormatQuery, sendCsv, wantsCsv } from './csv.ts'
import { tell } from './figures.ts'
import { format, siteParams } from './query-schemas.ts'
import { list, makingSchema, object, type Schema, text, time } from './schemas.ts'
import { asVisits, type VisitsQuery, visitsQuery } from './visits.ts'

export type VisitListOptions = { store: Store; now: () => number }

const mostVisits = 500
/** Whole numbers of 63 bits, up to those of the year 2240. */
const id: Schema = { type: 'string', pattern: '^(\\d{1,18}|[1-8]\\d{18})$', description: 'A visit, by its `id`' }
const maybe = (description: string): Schema => ({ type: ['string', 'null'], description })
const whole = (description: string): Schema => ({ type: 'integer', description })
const visit = {
  id: text('Its name in addresses: a number, larger the later it began'),
  at: time('When it began'),
  seconds: { type: 'number', description: 'From the first that happened in it to the last' },
  engagedSeconds: { type: 'number', description: 'In which a page was visible and in use' },
  pageviews: whole('Page views'),
  clicks: whole('Clicks'),
  events: whole('Custom events'),
  errors: whole('Errors'),
  entry: maybe('The page that it began with; null: it saw none'),
  exit: maybe('The page that it saw last'),
  country: maybe('ISO 3166; null: not known'),
  device: maybe('desktop, mobile, tablet'),
  browser: maybe('Browser'),
  os: maybe('System'),
  channel: maybe('Channel'),
  source: maybe('Where it came from; null: from nowhere'),
  campaign: maybe('Campaign'),
} satisfies Record<keyof VisitRow, Schema>
const visitsSchema = object({
  visits: list(object(visit)),
  next: maybe('What `before` has to be for those before these; null: there are none'),
})
const stepsSchema = object({
  id: visit.id,
  steps: list(
    object({
      at: time('When it happened'),
      what: { type: 'string', enum: happenings, description: 'What happened' },
      page: maybe('On which page'),
      value: maybe('What was clicked (text NUL selector), or the name of an event, an error or a vital'),
      properties: list(object({ key: text('Of an event'), value: text('Its value') })),
      engagedSeconds: visit.engagedSeconds,
      count: whole('How often in the same millisecond'),
    }),
  ),
  isCut: { type: 'boolean', description: 'There is more than is answered' },
})

export function registerVisitList(app: FastifyInstance, { store, now }: VisitListOptions): void {
  const visits = asVisits(store, now, createVisitListReports)

  app.get<{ Params: { site: string }; Querystring: VisitsQuery & FormatQuery & { before?: string; limit: number } }>(
    '/api/sites/:site/visits',
    {
      schema: {
        summary: 'Visits one by one, latest first',
        description:
          'Visits that began in the period, by whole hours, and what happened in them up to its end. With filters, those that have what is asked for.',
        produces: ['application/json', 'text/csv'],
        params: siteParams,
        querystring: visitsQuery({
          before: { ...id, description: 'Those that began before this one: `next` of an answer' },
          limit: { type: 'integer', minimum: 1, maximum: mostVisits, default: 50, description: 'Most visits' },
          ...format,
        }),
        response: { 200: visitsSchema, 202: makingSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const asked = await visits.asked(params.site, query)
      const answer = await visits.answer((reports) => reports.list(asked, query.before, query.limit))
      if ('making' in answer || !wantsCsv(request)) return tell(reply, answer)
      const rows = answer.visits.map((row) => Object.values(row) as (string | number | null)[])
      return sendCsv(reply, `${params.site}-visits`, toCsv([Object.keys(visit), ...rows]))
    },
  )

  app.get<{ Params: { site: string; id: string }; Querystring: VisitsQuery }>(
    '/api/sites/:site/visits/:id',
    {
      schema: {
        summary: 'What happened in a visit, in its order',
        params: object({ ...(siteParams.properties as Record<string, Schema>), id }),
        querystring: visitsQuery(),
        response: { 200: stepsSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const asked = await visits.asked(params.site, query)
      const answer = await visits.answer((reports) => reports.steps(asked, params.id))
      if (!answer) throw new Problem('unknown_visit')
      return tell(reply, answer)
    },
  )
}
