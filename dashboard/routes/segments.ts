/** Segments of a site: filters under a name, saved by who edits it, for everybody who sees its figures. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { SavedSegment } from '../../consumers/eraser/shapes/saved.ts'
import { Problem } from '../problems.ts'
import { type Condition, mostConditions, parseCondition, writeCondition } from '../query/conditions.ts'
import { maxSegmentName, type SegmentAnswer, type SegmentsAnswer } from '../segment-answers.ts'
import type { Store } from '../store/store.ts'
import { entryParams } from './access-schemas.ts'
import { filter, siteParams } from './query-schemas.ts'
import { namedProblem } from './saved-name.ts'
import { list, object, type Schema, text } from './schemas.ts'
import { findSite } from './sites.ts'

type SegmentBody = { name: string; filters: string[] }

/** A list that is still read through. */
const maxSegments = 100

const segment = {
  id: text('Its name in addresses'),
  name: text('What it is called'),
  filters: list(text('As `filter`')),
}
const bodySchema: Schema = {
  type: 'object',
  required: ['name', 'filters'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, maxLength: maxSegmentName, description: 'One line' },
    filters: { ...filter, minItems: 1 },
  },
}

export function registerSegments(app: FastifyInstance, { store }: { store: Store }): void {
  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/segments',
    {
      schema: {
        summary: 'Saved filters, by name',
        params: siteParams,
        response: { 200: object({ segments: list(object(segment)) }) },
      },
    },
    async ({ params }): Promise<SegmentsAnswer> => {
      const { site } = await findSite(store, params.site)
      return { segments: await store.segments.list(site) }
    },
  )

  app.post<{ Params: { site: string }; Body: SegmentBody }>(
    '/api/sites/:site/segments',
    {
      schema: {
        summary: 'Save filters under a name',
        params: siteParams,
        body: bodySchema,
        response: { 201: object(segment) },
      },
    },
    async ({ params, body }, reply) => {
      const site = await openSite(params.site)
      const id = randomBytes(8).toString('hex')
      const saved = contentOf(body)
      if ((await store.segments.list(site)).length >= maxSegments)
        throw new Problem('too_many_entries', {
          message: `A site has ${maxSegments} segments at most. Delete some first.`,
        })
      await store.segments.add(site, id, saved)
      return reply.code(201).send({ id, ...saved })
    },
  )

  app.post<{ Params: { site: string; id: string }; Body: SegmentBody }>(
    '/api/sites/:site/segments/:id',
    {
      schema: {
        summary: 'Give a segment another name, or other filters',
        params: entryParams,
        body: bodySchema,
        response: { 200: object(segment) },
      },
    },
    async ({ params, body }): Promise<SegmentAnswer> => {
      const site = await openSite(params.site)
      const saved = contentOf(body)
      if (!(await store.segments.change(site, params.id, saved))) throw new Problem('unknown_segment')
      return { id: params.id, ...saved }
    },
  )

  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/segments/:id/delete',
    { schema: { summary: 'Delete a segment', params: entryParams, response: { 200: object({ id: segment.id }) } } },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.segments.remove(site, params.id))) throw new Problem('unknown_segment')
      return { id: params.id }
    },
  )

  async function openSite(name: string): Promise<string> {
    const { site, closedAt } = await findSite(store, name)
    if (closedAt !== undefined) throw new Problem('site_closed')
    return site
  }
}

/** @throws Problem 400 when it says nothing, or a filter cannot be understood */
function contentOf({ name, filters }: SegmentBody): SavedSegment {
  const problem = namedProblem(name)
  if (problem !== undefined) throw new Problem('bad_body', { message: problem })
  return { name: name.trim(), filters: filters.map((each) => writeCondition(toCondition(each, 'bad_body'))) }
}

/** @throws Problem 400 */
function toCondition(text: string, code: 'bad_body' | 'bad_parameter'): Condition {
  const result = parseCondition(text)
  if (!result.ok) throw new Problem(code, { message: result.message })
  return result.condition
}

/**
 * What a question is to be answered of: filters, and those of a segment.
 *
 * @throws Problem 404 when the site has no such segment, 400 when a filter cannot be understood, or they are too many
 */
export async function conditionsOf(
  store: Store,
  site: string,
  { filter = [], segment }: { filter?: string[]; segment?: string },
): Promise<Condition[]> {
  const own = filter.map((each) => toCondition(each, 'bad_parameter'))
  if (segment === undefined) return own
  const found = await store.segments.find(site, segment)
  if (!found) throw new Problem('unknown_segment')
  const conditions = [...found.filters.map((each) => toCondition(each, 'bad_parameter')), ...own]
  if (conditions.length > 2 * mostConditions)
    throw new Problem('bad_parameter', { message: 'these are too many filters' })
  return conditions
}
