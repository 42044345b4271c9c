/** Shared links to the figures of one site. */
import type { FastifyInstance } from 'fastify'
import type { LinkAnswer, LinksAnswer, NewLinkAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import { ownOrigin } from '../session/guard.ts'
import type { Passwords } from '../session/passwords.ts'
import { newSecret } from '../session/secrets.ts'
import { isOpen } from '../session/shared-link.ts'
import type { Link } from '../store/links.ts'
import type { Store } from '../store/store.ts'
import { entryParams, linkBodySchema, linksSchema, newLinkSchema } from './access-schemas.ts'
import { siteParams } from './query-schemas.ts'
import { findSite } from './sites.ts'

export type LinksOptions = { store: Store; passwords: Passwords; now: () => number }

type LinkBody = { name: string; password?: string; expiresAt?: string }

/** A guard against scripts that run away, not a limit that people meet. */
const maxLinks = 200

export function registerLinks(app: FastifyInstance, { store, passwords, now }: LinksOptions): void {
  const answerOf = async (site: string): Promise<LinksAnswer> => ({
    links: (await store.links.list(site)).filter((link) => isOpen(link, now())).map(toAnswer),
  })

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site/links',
    { schema: { summary: 'Shared links to a site', params: siteParams, response: { 200: linksSchema } } },
    async ({ params }) => answerOf((await findSite(store, params.site)).site),
  )

  app.post<{ Params: { site: string }; Body: LinkBody }>(
    '/api/sites/:site/links',
    {
      schema: {
        summary: 'Share the figures of a site by a link; it is told once',
        params: siteParams,
        body: linkBodySchema,
        response: { 201: newLinkSchema },
      },
    },
    async (request, reply): Promise<NewLinkAnswer> => {
      const { site } = await findSite(store, request.params.site)
      const { body } = request
      const expiresAt = body.expiresAt === undefined ? undefined : Date.parse(body.expiresAt)
      // Not a number is not later either.
      if (expiresAt !== undefined && !(expiresAt > now()))
        throw new Problem('bad_body', { message: 'expiresAt must be a time that has not come yet' })
      if ((await store.links.list(site)).length >= maxLinks) throw new Problem('too_many_entries')
      const password = body.password === undefined ? undefined : await passwords.hash(body.password)
      if (password === undefined && body.password !== undefined) throw new Problem('too_many_passwords')
      const { id, text } = newSecret()
      const createdBy = request.accesses[0]?.name ?? ''
      const link = { id, name: body.name, site, password, createdBy, createdAt: now(), expiresAt }
      await store.links.add(link)
      reply.code(201)
      return { ...toAnswer(link), url: `${ownOrigin(request)}/share/${text}` }
    },
  )

  app.post<{ Params: { site: string; id: string } }>(
    '/api/sites/:site/links/:id/revoke',
    { schema: { summary: 'A shared link works no more', params: entryParams, response: { 200: linksSchema } } },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.links.remove(params.id, site))) throw new Problem('unknown_link')
      return answerOf(site)
    },
  )
}

function toAnswer({ id, name, password, createdBy, createdAt, expiresAt }: Link): LinkAnswer {
  return {
    id,
    name,
    password: password !== undefined,
    createdBy,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  }
}
