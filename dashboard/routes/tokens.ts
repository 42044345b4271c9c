/** Tokens for programs: of a site, by its owners; of the installation, by the administrator. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { NewTokenAnswer, TokenAnswer, TokenRole, TokensAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import { newSecret, tokenPrefix } from '../session/secrets.ts'
import type { Store } from '../store/store.ts'
import type { Token } from '../store/tokens.ts'
import {
  entryParams,
  installationEntryParams,
  installationTokenBodySchema,
  newTokenSchema,
  siteTokenBodySchema,
  tokensSchema,
} from './access-schemas.ts'
import { siteParams } from './query-schemas.ts'
import { findSite } from './sites.ts'

export type TokensOptions = { store: Store; now: () => number }

type TokenBody = { name: string; role: TokenRole }

/** A guard against scripts that run away, not a limit that people meet. */
const maxTokens = 200

export function registerTokens(app: FastifyInstance, { store, now }: TokensOptions): void {
  const answerOf = async (site: string | undefined): Promise<TokensAnswer> => ({
    tokens: (await store.tokens.list(site)).map(toAnswer),
  })

  async function create(request: FastifyRequest, site: string | undefined, body: TokenBody): Promise<NewTokenAnswer> {
    if ((await store.tokens.list(site)).length >= maxTokens) throw new Problem('too_many_entries')
    const { id, text } = newSecret(tokenPrefix)
    const createdBy = request.accesses[0]?.name ?? ''
    const token = { id, ...body, site, createdBy, createdAt: now(), usedAt: undefined }
    await store.tokens.add(token)
    return { ...toAnswer(token), token: text }
  }

  async function revoke(id: string, site: string | undefined): Promise<TokensAnswer> {
    if (!(await store.tokens.remove(id, site))) throw new Problem('unknown_token')
    return answerOf(site)
  }

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/tokens',
    { schema: { summary: 'Tokens of a site', params: siteParams, response: { 200: tokensSchema } } },
    async ({ params }) => answerOf((await findSite(store, params.site)).site),
  )
  app.post<{ Params: { site: string }; Body: TokenBody }>(
    '/api/sites/:site/tokens',
    {
      schema: {
        summary: 'Make a token for one site; it is told once',
        params: siteParams,
        body: siteTokenBodySchema,
        response: { 201: newTokenSchema },
      },
    },
    async (request, reply) => {
      const { site } = await findSite(store, request.params.site)
      return reply.code(201).send(await create(request, site, request.body))
    },
  )
  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/tokens/:id/revoke',
    { schema: { summary: 'A token works no more', params: entryParams, response: { 200: tokensSchema } } },
    async ({ params: { site, id } }) => revoke(id, (await findSite(store, site)).site),
  )

  app.get(
    '/api/tokens',
    { schema: { summary: 'Tokens of the installation', response: { 200: tokensSchema } } },
    async () => answerOf(undefined),
  )
  app.post<{ Body: TokenBody }>(
    '/api/tokens',
    {
      schema: {
        summary: 'Make a token for every site, or for all that the administrator may do; it is told once',
        body: installationTokenBodySchema,
        response: { 201: newTokenSchema },
      },
    },
    async (request, reply) => reply.code(201).send(await create(request, undefined, request.body)),
  )
  app.post<{ Params: { id: string } }>(
    '/api/tokens/:id/revoke',
    {
      schema: {
        summary: 'A token of the installation works no more',
        params: installationEntryParams,
        response: { 200: tokensSchema },
      },
    },
    async ({ params: { id } }) => revoke(id, undefined),
  )
}

function toAnswer({ id, name, site, role, createdBy, createdAt, usedAt }: Token): TokenAnswer {
  return {
    id,
    name,
    site: site ?? null,
    role,
    createdBy,
    createdAt: new Date(createdAt).toISOString(),
    usedAt: usedAt === undefined ? null : new Date(usedAt).toISOString(),
  }
}
