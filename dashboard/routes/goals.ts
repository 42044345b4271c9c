/** Goals of a site: what visits are to come to, and how many did. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { type Dimension, visitDimensions } from '../../consumers/aggregator/shapes/dimensions.ts'
import type { SavedGoal } from '../../consumers/eraser/shapes/saved.ts'
import { Problem } from '../problems.ts'
import { mostGoals } from '../query/goal-sql.ts'
import { parseStep } from '../query/steps.ts'
import type { Store } from '../store/store.ts'
import { type GoalsAnswer, maxNamedLength } from '../visit-answers.ts'
import { createVisitReports } from '../visit-reports.ts'
import { entryParams } from './access-schemas.ts'
import { tell } from './figures.ts'
import { goalOf, goalsOf } from './known-goals.ts'
import { limit, siteParams } from './query-schemas.ts'
import { namedProblem } from './saved-name.ts'
import { list, makingSchema, object, type Schema, text } from './schemas.ts'
import { findSite } from './sites.ts'
import { asVisits, stepText, type VisitsQuery, visitsQuery } from './visits.ts'

export type GoalsOptions = { store: Store; now: () => number }

type GoalBody = Pick<SavedGoal, 'name' | 'step'> & Partial<Pick<SavedGoal, 'value' | 'currency'>>

const goal = {
  id: text('Its name in addresses'),
  name: text('Its name for people'),
  step: text('What reaches it'),
  value: { type: ['number', 'null'], description: 'What one conversion is worth' },
  currency: { type: ['string', 'null'], description: 'Of the value, ISO 4217' },
}
const bodySchema: Schema = {
  type: 'object',
  required: ['name', 'step'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: maxNamedLength },
    step: stepText,
    value: { type: ['number', 'null'], minimum: 0, maximum: 1_000_000_000, description: goal.value.description },
    currency: { type: ['string', 'null'], pattern: '^[A-Z]{3}$', description: goal.currency.description },
  },
}
const rate = (of: string): Schema => ({
  type: ['number', 'null'],
  description: `Share of ${of}, 0 to 1; null without any`,
})
const conversionsSchema = object({
  visits: { type: 'integer', description: 'Visits that began in the period' },
  visitors: { type: 'integer', description: 'Different visitors in them' },
  goals: list(
    object({
      id: goal.id,
      name: goal.name,
      conversions: { type: 'integer', description: 'Visits that reached it' },
      rate: rate('visits'),
      visitors: { type: 'integer', description: 'Visitors that reached it' },
      visitorRate: rate('visitors'),
      completions: { type: 'integer', description: 'How often it was reached' },
      value: { type: ['number', 'null'], description: 'What the conversions are worth together' },
      currency: goal.currency,
    }),
  ),
})
const conversionsBySchema = object({
  dimension: text('What visits are told apart by'),
  rows: list(
    object({
      value: text('A value of the dimension; empty: direct, or unknown'),
      visits: { type: 'integer', description: 'Visits that came with it' },
      conversions: { type: 'integer', description: 'Of them, those that reached the goal' },
      rate: rate('these visits'),
      worth: { type: ['number', 'null'], description: 'What these conversions are worth' },
    }),
  ),
  total: { type: 'integer', description: 'Different values in the period, of which the rows are the first' },
})
const dimensions = [...visitDimensions, 'entry'] as const

export function registerGoals(app: FastifyInstance, { store, now }: GoalsOptions): void {
  const visits = asVisits(store, now, createVisitReports)

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/goals',
    {
      schema: {
        summary: 'Goals of a site, by name',
        params: siteParams,
        response: { 200: object({ goals: list(object(goal)) }) },
      },
    },
    async ({ params }): Promise<GoalsAnswer> => ({
      goals: await store.goals.list((await findSite(store, params.site)).site),
    }),
  )

  app.post<{ Params: { site: string }; Body: GoalBody }>(
    '/api/sites/:site/goals',
    {
      schema: { summary: 'Add a goal', params: siteParams, body: bodySchema, response: { 201: object(goal) } },
    },
    async ({ params, body }, reply) => {
      const site = await findSite(store, params.site)
      if (site.closedAt !== undefined) throw new Problem('site_closed')
      const saved = toGoal(body)
      if ((await store.goals.list(site.site)).length >= mostGoals)
        throw new Problem('too_many_entries', { message: `A site has ${mostGoals} goals at most. Delete some first.` })
      const id = randomBytes(8).toString('hex')
      await store.goals.add(site.site, id, saved)
      return reply.code(201).send({ id, ...saved })
    },
  )

  app.post<{ Params: { site: string; id: string }; Body: GoalBody }>(
    '/api/sites/:site/goals/:id',
    { schema: { summary: 'Change a goal', params: entryParams, body: bodySchema, response: { 200: object(goal) } } },
    async ({ params, body }) => {
      const { site } = await findSite(store, params.site)
      const saved = toGoal(body)
      if (!(await store.goals.change(site, params.id, saved))) throw new Problem('unknown_goal')
      return { id: params.id, ...saved }
    },
  )

  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/goals/:id/delete',
    { schema: { summary: 'Delete a goal', params: entryParams, response: { 200: object({ id: goal.id }) } } },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.goals.remove(site, params.id))) throw new Problem('unknown_goal')
      return { id: params.id }
    },
  )

  app.get<{ Params: { site: string }; Querystring: VisitsQuery }>(
    '/api/sites/:site/conversions',
    {
      schema: {
        summary: 'How many visits reached each goal',
        description: 'Of visits that began in the period, by whole hours.',
        params: siteParams,
        querystring: visitsQuery(),
        response: { 200: conversionsSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const asked = await visits.asked(params.site, query)
      const goals = await goalsOf(store, params.site)
      return tell(reply, await visits.answer((reports) => reports.conversions(asked, goals)))
    },
  )

  app.get<{
    Params: { site: string; dimension: Dimension }
    Querystring: VisitsQuery & { goal: string; limit: number }
  }>(
    '/api/sites/:site/conversions/:dimension',
    {
      schema: {
        summary: 'How many visits reached a goal, by source, campaign, country, page of entry, …',
        params: object({
          site: { type: 'string', maxLength: 64, description: 'Name of the site' },
          dimension: { type: 'string', enum: dimensions, description: 'What to tell visits apart by' },
        }),
        querystring: visitsQuery(
          { goal: { type: 'string', maxLength: 64, description: 'A goal, by its id' }, ...limit(10) },
          ['goal'],
        ),
        response: { 200: conversionsBySchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const asked = await visits.asked(params.site, query)
      const chosen = await goalOf(store, params.site, query.goal)
      return tell(
        reply,
        await visits.answer((reports) => reports.conversionsBy(asked, chosen, params.dimension, query.limit)),
      )
    },
  )
}

/** @throws Problem 400 */
function toGoal({ name, step, value = null, currency = null }: GoalBody): SavedGoal {
  const problem = namedProblem(name) ?? stepProblem(step)
  if (problem !== undefined) throw new Problem('bad_body', { message: problem })
  if ((value === null) !== (currency === null))
    throw new Problem('bad_body', { message: 'value and currency belong together' })
  return { name: name.trim(), step, value, currency }
}

function stepProblem(step: string): string | undefined {
  const result = parseStep(step)
  return result.ok ? undefined : result.message
}
