/** Funnels of a site: steps in order, and how many went through them. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { SavedFunnel } from '../../consumers/eraser/shapes/saved.ts'
import { Problem } from '../problems.ts'
import { mostSteps } from '../query/funnel-sql.ts'
import { parseStep, type Step } from '../query/steps.ts'
import type { Store } from '../store/store.ts'
import { type FunnelsAnswer, maxNamedLength } from '../visit-answers.ts'
import { createVisitReports } from '../visit-reports.ts'
import { entryParams } from './access-schemas.ts'
import { tell } from './figures.ts'
import { siteParams } from './query-schemas.ts'
import { namedProblem } from './saved-name.ts'
import { list, makingSchema, object, type Schema, text } from './schemas.ts'
import { findSite } from './sites.ts'
import { asVisits, stepText, type VisitsQuery, visitsQuery } from './visits.ts'

export type FunnelsOptions = { store: Store; now: () => number }

const mostFunnels = 40
const mostDays = 90
const steps: Schema = { type: 'array', minItems: 2, maxItems: mostSteps, items: stepText }
const within: Schema = {
  anyOf: [
    { type: 'string', enum: ['visit'] },
    { type: 'integer', minimum: 1, maximum: mostDays },
  ],
  description: `\`visit\`: in one visit; a number of days, at most ${mostDays}: of one visitor, so long after the first step, as far as names of visitors last`,
}
const funnel = {
  id: text('Its name in addresses'),
  name: text('Its name for people'),
  steps: list(text('A step')),
  within,
}
const bodySchema: Schema = {
  type: 'object',
  required: ['name', 'steps', 'within'],
  additionalProperties: false,
  properties: { name: { type: 'string', minLength: 1, maxLength: maxNamedLength }, steps, within },
}
const shareOf = (of: string): Schema => ({ type: ['number', 'null'], description: `Share of ${of}, 0 to 1` })
const reportSchema = object({
  visits: { type: 'integer', description: 'Visits that began in the period' },
  steps: list(
    object({
      step: text('As it was asked for'),
      reached: { type: 'integer', description: 'Visits that came so far; within days visitors' },
      ofFirst: shareOf('those who reached the first step'),
      ofPrevious: shareOf('those who reached the step before; null at the first'),
      medianSeconds: { type: ['number', 'null'], description: 'Median time since the latest step before' },
    }),
  ),
})

export function registerFunnels(app: FastifyInstance, { store, now }: FunnelsOptions): void {
  const visits = asVisits(store, now, createVisitReports)

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/funnels',
    {
      schema: {
        summary: 'Funnels of a site, by name',
        params: siteParams,
        response: { 200: object({ funnels: list(object(funnel)) }) },
      },
    },
    async ({ params }): Promise<FunnelsAnswer> => ({
      funnels: await store.funnels.list((await findSite(store, params.site)).site),
    }),
  )

  app.post<{ Params: { site: string }; Body: SavedFunnel }>(
    '/api/sites/:site/funnels',
    {
      schema: { summary: 'Save a funnel', params: siteParams, body: bodySchema, response: { 201: object(funnel) } },
    },
    async ({ params, body }, reply) => {
      const site = await findSite(store, params.site)
      if (site.closedAt !== undefined) throw new Problem('site_closed')
      const saved = toFunnel(body)
      if ((await store.funnels.list(site.site)).length >= mostFunnels)
        throw new Problem('too_many_entries', {
          message: `A site has ${mostFunnels} funnels at most. Delete some first.`,
        })
      const id = randomBytes(8).toString('hex')
      await store.funnels.add(site.site, id, saved)
      return reply.code(201).send({ id, ...saved })
    },
  )

  app.post<{ Params: { site: string; id: string }; Body: SavedFunnel }>(
    '/api/sites/:site/funnels/:id',
    {
      schema: { summary: 'Change a funnel', params: entryParams, body: bodySchema, response: { 200: object(funnel) } },
    },
    async ({ params, body }) => {
      const { site } = await findSite(store, params.site)
      const saved = toFunnel(body)
      if (!(await store.funnels.change(site, params.id, saved))) throw new Problem('unknown_funnel')
      return { id: params.id, ...saved }
    },
  )

  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/funnels/:id/delete',
    { schema: { summary: 'Delete a funnel', params: entryParams, response: { 200: object({ id: funnel.id }) } } },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.funnels.remove(site, params.id))) throw new Problem('unknown_funnel')
      return { id: params.id }
    },
  )

  app.get<{ Params: { site: string }; Querystring: VisitsQuery & { step: string[]; within: 'visit' | number } }>(
    '/api/sites/:site/funnel',
    {
      schema: {
        summary: 'How many went through steps in this order',
        description:
          'Each step comes after the one before; anything may happen between them. Of visits that began in the period, by whole hours.',
        params: siteParams,
        querystring: visitsQuery(
          { step: { ...steps, description: 'A step, given as often as there are steps' }, within },
          ['step', 'within'],
        ),
        response: { 200: reportSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => {
      const parsed = query.step.map((step) => parsedStep(step, 'bad_parameter'))
      const asked = await visits.asked(params.site, query)
      return tell(reply, await visits.answer((reports) => reports.funnel(asked, parsed, query.within)))
    },
  )
}

/** @throws Problem 400 */
function parsedStep(text: string, code: 'bad_parameter' | 'bad_body'): Step {
  const result = parseStep(text)
  if (!result.ok) throw new Problem(code, { message: result.message })
  return result.step
}

/** @throws Problem 400 */
function toFunnel({ name, steps: texts, within: span }: SavedFunnel): SavedFunnel {
  const problem = namedProblem(name)
  if (problem !== undefined) throw new Problem('bad_body', { message: problem })
  for (const text of texts) parsedStep(text, 'bad_body')
  return { name: name.trim(), steps: texts, within: span }
}
