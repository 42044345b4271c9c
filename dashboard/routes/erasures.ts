/** Erasing: all that a site has, or what somebody left there. The eraser does the work (consumers/eraser). */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { ErasureRecord } from '../../consumers/eraser/shapes/erasures.ts'
import type { ErasureAnswer, ErasuresAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import { siteParams } from './query-schemas.ts'
import { list, object, type Schema, text, time } from './schemas.ts'
import { findSite } from './sites.ts'

export type ErasuresOptions = { store: Store; now: () => number }

/** One of them: what is to be erased. */
export type ErasureBody = { site?: string; visitor?: string; load?: string }

/** One after the other reads the whole archive: who asks for more at once means something else. */
const maxWaiting = 50

const hex = (description: string): Schema => ({ type: 'string', pattern: '^[0-9a-f]{16}$', description })

const bodySchema: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    site: { type: 'string', maxLength: 64, description: 'The name of the site once more: all that it has' },
    visitor: hex("A visitor's name of one day, as the archive has it: what they did on that day"),
    load: hex('A page load: its events'),
  },
}

const erasureSchema = object({
  id: text('Its name'),
  kind: { type: 'string', enum: ['site', 'visitor', 'load'] },
  value: { type: ['string', 'null'], description: 'Of which visitor or page load; null: the whole site' },
  state: { type: 'string', enum: ['waiting', 'archive', 'figures', 'objects', 'done'] },
  requestedBy: text('Who asked for it'),
  requestedAt: time('When: what arrived before is erased'),
  through: { type: ['string', 'null'], description: 'UTC day of arrival up to which the archive is through' },
  rows: { type: 'integer', description: 'Events of the archive that were erased so far' },
  days: list(text('UTC day of arrival on which some were')),
  finishedAt: { type: ['string', 'null'], description: 'When it was done' },
  failing: { type: 'boolean', description: 'The last try did not get on; the next comes by itself' },
})
const erasuresSchema = object({ erasures: list(erasureSchema) })

export function registerErasures(app: FastifyInstance, { store, now }: ErasuresOptions): void {
  const erasuresOf = async (site: string) => (await store.erasures.list()).filter((record) => record.site === site)

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/erasures',
    {
      schema: {
        summary: 'What was erased of a site, and what is being erased',
        params: siteParams,
        response: { 200: erasuresSchema },
      },
    },
    async ({ params }): Promise<ErasuresAnswer> => {
      const { site } = await findSite(store, params.site)
      return { erasures: (await erasuresOf(site)).map(toAnswer) }
    },
  )

  app.post<{ Params: { site: string }; Body: ErasureBody }>(
    '/api/sites/:site/erasures',
    {
      schema: {
        summary: 'Erase all that a site has, or the events of a visitor or a page load; nothing brings them back',
        description: 'A site that is erased takes no events any more, and its name is not used again.',
        params: siteParams,
        body: bodySchema,
        response: { 201: erasureSchema },
      },
    },
    async ({ params, body, accesses }, reply) => {
      const { site, closedAt } = await findSite(store, params.site)
      if (body.site !== undefined && body.site !== site)
        throw new Problem('bad_body', { message: 'site must be the name of the site in the address' })
      const asked = await erasuresOf(site)
      // One that was closed and not asked for was left by a crash between the two.
      if (closedAt !== undefined && (body.site === undefined || asked.some(({ kind }) => kind === 'site')))
        throw new Problem('site_closed')
      if (asked.filter(({ step }) => step !== 'done').length >= maxWaiting) throw new Problem('too_many_entries')
      const at = now()
      // First: whatever is taken before this is known to the endpoint arrived early enough to be waited for.
      if (body.site !== undefined) await store.sites.close(site, at)
      const record: ErasureRecord = {
        id: randomBytes(8).toString('hex'),
        revision: 1,
        site,
        ...toKind(body),
        step: 'waiting',
        requestedAt: at,
        requestedBy: accesses[0]?.name ?? '',
        rows: {},
      }
      // Two of a name: one chance in 2^64.
      if (!(await store.erasures.create(record))) throw new Problem('unavailable')
      return reply.code(201).send(toAnswer(record))
    },
  )
}

function toKind({ visitor, load }: ErasureBody): Pick<ErasureRecord, 'kind' | 'value'> {
  if (visitor !== undefined) return { kind: 'visitor', value: visitor }
  return load !== undefined ? { kind: 'load', value: load } : { kind: 'site' }
}

function toAnswer(record: ErasureRecord): ErasureAnswer {
  const { id, kind, value, step, requestedBy, requestedAt, through, rows, finishedAt, problem } = record
  return {
    id,
    kind,
    value: value ?? null,
    // Looking again, a day later, is no news.
    state: finishedAt === undefined ? step : 'done',
    requestedBy,
    requestedAt: new Date(requestedAt).toISOString(),
    through: through ?? null,
    rows: Object.values(rows).reduce((sum, count) => sum + count, 0),
    days: Object.keys(rows).sort(),
    finishedAt: finishedAt === undefined ? null : new Date(finishedAt).toISOString(),
    failing: problem !== undefined,
  }
}
