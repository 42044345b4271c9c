/** The registry of sites: which there are, and new ones. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Site } from '../../stream/site.ts'
import type { SiteAnswer, SiteDetailAnswer, SitesAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { View } from '../query/view.ts'
import type { Store } from '../store/store.ts'
import { siteDetailSchema, siteParams, siteSchema, sitesSchema } from './schemas.ts'
import { type SiteBody, siteBodySchema, toSite } from './site-body.ts'

export type SitesOptions = {
  store: Store
  now: () => number
  /** Where the endpoint listens beside us. */
  ingestPort: number
}

/** @throws Problem 404 when there is no such site */
export async function findSite(store: Store, name: string): Promise<Site> {
  const site = await store.sites.find(name)
  if (!site) throw new Problem('unknown_site')
  return site
}

/** @throws Problem 404 when there is no such generation */
export async function findView(store: Store, generation?: string): Promise<View> {
  const view = await store.views.find(generation)
  if (!view) throw new Problem('unknown_generation')
  return view
}

export function registerSites(app: FastifyInstance, { store, now, ingestPort }: SitesOptions): void {
  app.get(
    '/api/sites',
    { schema: { summary: 'All sites', response: { 200: sitesSchema } } },
    async (): Promise<SitesAnswer> => ({ sites: (await store.sites.list()).map(toAnswer) }),
  )

  app.get<{ Params: { site: string } }>(
    '/api/sites/:site',
    { schema: { summary: 'One site', params: siteParams, response: { 200: siteDetailSchema } } },
    async (request): Promise<SiteDetailAnswer> => {
      const { params } = request
      const view = await findView(store)
      const [site, firstDay] = await Promise.all([
        findSite(store, params.site),
        store.cells.firstDay(params.site, view),
      ])
      return { ...toAnswer(site), firstDay: firstDay ?? null, snippetUrl: snippetUrl(request, ingestPort) }
    },
  )

  app.post<{ Body: SiteBody }>(
    '/api/sites',
    { schema: { summary: 'Add a site', body: siteBodySchema, response: { 201: siteSchema } } },
    async ({ body }, reply) => {
      const result = toSite(body, now())
      if (!result.ok) throw new Problem('bad_body', { message: result.message })
      if (!(await store.sites.create(result.site))) throw new Problem('site_exists')
      return reply.code(201).send(toAnswer(result.site))
    },
  )
}

function toAnswer(site: Site): SiteAnswer {
  return { ...site, createdAt: new Date(site.createdAt).toISOString() }
}

/**
 * Who reaches us at the port that we listen on reaches the endpoint at its own; who comes through a proxy finds
 * both at one address.
 */
function snippetUrl({ protocol, hostname, host, port, socket }: FastifyRequest, ingestPort: number): string {
  const direct = (port ?? 80) === socket.localPort
  return `${protocol}://${direct ? `${hostname}:${ingestPort}` : host}/retrace.js`
}
