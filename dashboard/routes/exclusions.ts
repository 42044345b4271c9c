/** What of a site's traffic counts in no figure: its own people's, and programs'. */
import type { FastifyInstance } from 'fastify'
import { type Exclusions, exclusionKinds } from '../../consumers/aggregator/shapes/exclusions.ts'
import type { ExclusionsAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import { siteParams } from './query-schemas.ts'
import { list, object, type Schema, text } from './schemas.ts'
import { findSite } from './sites.ts'

export type ExclusionsOptions = { store: Store; now: () => number }

const about: Record<(typeof exclusionKinds)[number], string> = {
  tags: 'What own pages call themselves (data-tag)',
  networks: 'Hashes of networks, 4 hex digits, at a site that keeps them',
  hosts: 'Hosts of pages that are not public, such as staging.example.org',
  programs: 'User agents of programs, a * for whatever stands between',
}
const lists = (schemaOf: (description: string) => Schema) =>
  Object.fromEntries(exclusionKinds.map((kind) => [kind, schemaOf(about[kind])]))

const bodySchema: Schema = {
  type: 'object',
  required: exclusionKinds,
  additionalProperties: false,
  properties: lists((description) => ({
    type: 'array',
    maxItems: 200,
    items: { type: 'string', minLength: 1, maxLength: 512 },
    description,
  })),
}
const answerSchema = object({
  ...lists((description) => list(text(description))),
  since: { type: ['string', 'null'], description: 'From when on the rules hold that these are in; null: always' },
})

export function registerExclusions(app: FastifyInstance, { store, now }: ExclusionsOptions): void {
  async function answerOf(site: string): Promise<ExclusionsAnswer> {
    const { exclusions, since } = await store.exclusions.find(site)
    return { ...exclusions, since: since === undefined ? null : new Date(since).toISOString() }
  }

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/exclusions',
    {
      schema: {
        summary: 'What of the traffic of a site counts in no figure',
        params: siteParams,
        response: { 200: answerSchema },
      },
    },
    async ({ params }) => answerOf((await findSite(store, params.site)).site),
  )

  app.post<{ Params: { site: string }; Body: Exclusions }>(
    '/api/sites/:site/exclusions',
    {
      schema: {
        summary: 'Leave other traffic out of what arrives from some seconds on',
        description: 'The past changes by a replay alone.',
        params: siteParams,
        body: bodySchema,
        response: { 200: answerSchema },
      },
    },
    async ({ params, body }) => {
      const { site } = await findSite(store, params.site)
      const result = await store.exclusions.use(site, body, now())
      if (result.outcome === 'bad') throw new Problem('bad_body', { message: result.problems.join('; ') })
      if (result.outcome === 'too_many') throw new Problem('too_many_entries')
      return answerOf(site)
    },
  )
}
