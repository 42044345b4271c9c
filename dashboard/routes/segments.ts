/** Segments of a site: filters under a name, saved by who edits it, for everybody who sees its figures. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems.ts'
import { type Condition, mostConditions, parseCondition, writeCondition } from '../query/conditions.ts'
import { maxSegmentName, type SegmentAnswer, type SegmentsAnswer } from '../segment-answers.ts'
import type { Store } from '../store/store.ts'
import { entryParams } from './access-schemas.ts'
import { filter, list, object, type Schema, siteParams, text } from './schemas.ts'
import { findSite } from './sites.ts'

type SegmentBody = { name: string; filters: string[] }

/** A list that is still read through. */
const maxSegments = 100
/** On one line. */
const printable = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+$/u

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
      const added = { id: randomBytes(8).toString('hex'), ...contentOf(body) }
      if ((await store.segments.list(site)).length >= maxSegments)
        throw new Problem('too_many_entries', {
          message: `A site has ${maxSegments} segments at most. Delete some first.`,
        })
      await store.segments.add(site, added)
      return reply.code(201).send(added)
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
      const changed = { id: params.id, ...contentOf(body) }
      if (!(await store.segments.replace(site, changed))) throw new Problem('unknown_segment')
      return changed
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
function contentOf({ name, filters }: SegmentBody): Omit<SegmentAnswer, 'id'> {
  const written = name.trim()
  if (!printable.test(written)) throw new Problem('bad_body', { message: 'name must be one line that says something' })
  return { name: written, filters: filters.map((each) => writeCondition(toCondition(each, 'bad_body'))) }
}

/** @throws Problem 400 */
export function toCondition(text: string, code: 'bad_body' | 'bad_parameter'): Condition {
  const result = parseCondition(text)
  if (!result.ok) throw new Problem(code, { message: result.message })
  return result.condition
}

/**
 * What a segment stands for.
 *
 * @throws Problem 404 when the site has none of this id, 400 when with `others` it is too many
 */
export async function conditionsOfSegment(
  store: Store,
  site: string,
  id: string,
  others: readonly Condition[],
): Promise<Condition[]> {
  const found = await store.segments.find(site, id)
  if (!found) throw new Problem('unknown_segment')
  const conditions = [...found.filters.map((each) => toCondition(each, 'bad_parameter')), ...others]
  if (conditions.length > 2 * mostConditions)
    throw new Problem('bad_parameter', { message: 'these are too many filters' })
  return conditions
}
