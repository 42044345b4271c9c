/** The registry of sites: which there are, new ones, and what they keep. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { rememberedFrom } from '../../stream/remembered.ts'
import type { Site } from '../../stream/site.ts'
import { pipelineSite } from '../../stream/tables.ts'
import type { Role, SiteAnswer, SiteDetailAnswer, SitesAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { View } from '../query/view.ts'
import { roleAt } from '../session/access.ts'
import type { Store } from '../store/store.ts'
import { siteParams } from './query-schemas.ts'
import { siteDetailSchema, siteSchema, sitesSchema } from './schemas.ts'
import {
  type NetworkBody,
  networkBodySchema,
  type RetentionBody,
  retentionBodySchema,
  type SiteBody,
  type SiteChangeBody,
  siteBodySchema,
  siteChangeBodySchema,
  strictHasNoNetwork,
  strictRemembersNobody,
  toSite,
  type VisitorsBody,
  visitorsBodySchema,
} from './site-body.ts'

export type SitesOptions = {
  store: Store
  now: () => number
  /** Where the endpoint listens beside us. */
  ingestPort: number
  /** Where pages reach it; empty: beside us. */
  endpointUrl: string
}

/** @throws Problem 404 when there is no such site */
export async function findSite(store: Store, name: string): Promise<Site> {
  const site = await store.sites.find(name)
  if (!site) throw new Problem('unknown_site')
  return site
}

/** The pipeline is watched like a site, and is none: what is asked of it goes by UTC. */
const pipeline: Site = {
  site: pipelineSite,
  name: 'Pipeline',
  origins: [],
  timeZone: 'UTC',
  queryParams: [],
  strict: false,
  network: false,
  createdAt: 0,
}

/**
 * A site, or the pipeline: what incidents are told of. Who may ask for the latter is decided before (session/access.ts).
 *
 * @throws Problem 404 when there is no such site
 */
export function findWatched(store: Store, name: string): Promise<Site> {
  return name === pipelineSite ? Promise.resolve(pipeline) : findSite(store, name)
}

/** @throws Problem 404 when there is no such generation */
export async function findView(store: Store, generation?: string): Promise<View> {
  const view = await store.views.find(generation)
  if (!view) throw new Problem('unknown_generation')
  return view
}

export function registerSites(app: FastifyInstance, { store, now, ingestPort, endpointUrl }: SitesOptions): void {
  app.get(
    '/api/sites',
    { schema: { summary: 'The sites at which you have a role', response: { 200: sitesSchema } } },
    async ({ accesses }): Promise<SitesAnswer> => ({
      sites: (await store.sites.list()).flatMap((site) => {
        const role = roleAt(site.site, accesses)
        return role === undefined ? [] : [toAnswer(site, role)]
      }),
    }),
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
      return {
        ...toAnswer(site, roleOf(request)),
        firstDay: firstDay ?? null,
        snippetUrl: endpointUrl === '' ? snippetUrl(request, ingestPort) : new URL('/retrace.js', endpointUrl).href,
      }
    },
  )

  app.post<{ Body: SiteBody }>(
    '/api/sites',
    { schema: { summary: 'Add a site', body: siteBodySchema, response: { 201: siteSchema } } },
    async (request, reply) => {
      const { body } = request
      const result = toSite(body, now())
      if (!result.ok) throw new Problem('bad_body', { message: result.message })
      if (!(await store.sites.create(result.site))) throw new Problem('site_exists')
      return reply.code(201).send(toAnswer(result.site, roleOf(request)))
    },
  )

  app.post<{ Params: { site: string }; Body: SiteChangeBody }>(
    '/api/sites/:site',
    {
      schema: {
        summary: 'Change what a site is called, where its pages are, and what tells them apart',
        params: siteParams,
        body: siteChangeBodySchema,
        response: { 200: siteSchema },
      },
    },
    async (request): Promise<SiteAnswer> => {
      const site = await findSite(store, request.params.site)
      const result = toSite({ ...site, ...request.body }, site.createdAt)
      if (!result.ok) throw new Problem('bad_body', { message: result.message })
      await store.sites.change(result.site)
      return toAnswer(result.site, roleOf(request))
    },
  )

  app.post<{ Params: { site: string }; Body: NetworkBody }>(
    '/api/sites/:site/network',
    {
      schema: {
        summary: 'Keep networks of visitors from now on, or no longer',
        params: siteParams,
        body: networkBodySchema,
        response: { 200: siteSchema },
      },
    },
    async (request): Promise<SiteAnswer> => {
      const { params, body } = request
      const site = await findSite(store, params.site)
      if (site.strict && body.network) throw new Problem('bad_body', { message: strictHasNoNetwork })
      await store.sites.keepNetwork(site.site, body.network)
      return toAnswer({ ...site, network: body.network }, roleOf(request))
    },
  )

  app.post<{ Params: { site: string }; Body: RetentionBody }>(
    '/api/sites/:site/retention',
    {
      schema: {
        summary: 'How long events and figures are kept; what is older is erased once a day',
        params: siteParams,
        body: retentionBodySchema,
        response: { 200: siteSchema },
      },
    },
    async (request): Promise<SiteAnswer> => {
      const site = await findSite(store, request.params.site)
      const { archiveDays, figureDays } = request.body
      await store.sites.keepFor(site.site, { archiveDays, figureDays })
      return { ...toAnswer(site, roleOf(request)), archiveDays, figureDays }
    },
  )

  app.post<{ Params: { site: string }; Body: VisitorsBody }>(
    '/api/sites/:site/visitors',
    {
      schema: {
        summary: 'For how long visitors are remembered: a day, or weeks',
        params: siteParams,
        body: visitorsBodySchema,
        response: { 200: siteSchema },
      },
    },
    async (request): Promise<SiteAnswer> => {
      const site = await findSite(store, request.params.site)
      const { rememberedWeeks: weeks } = request.body
      if (site.strict && weeks !== null) throw new Problem('bad_body', { message: strictRemembersNobody })
      // To begin again would give everybody another name.
      if (weeks === (site.rememberedWeeks ?? null)) return toAnswer(site, roleOf(request))
      const remembered = weeks === null ? undefined : { weeks, from: rememberedFrom(now()) }
      await store.sites.rememberVisitors(site.site, remembered)
      const { rememberedWeeks: _, rememberedFrom: __, ...rest } = site
      const changed = remembered && { rememberedWeeks: remembered.weeks, rememberedFrom: remembered.from }
      return toAnswer({ ...rest, ...changed }, roleOf(request))
    },
  )

  /** The guard has let nobody through who has none. */
  function roleOf({ accesses, params }: FastifyRequest): Role {
    return roleAt((params as { site?: string }).site ?? '', accesses) ?? 'viewer'
  }
}

function toAnswer(site: Site, role: Role): SiteAnswer {
  const { archiveDays = null, figureDays = null, rememberedWeeks = null, createdAt, ...rest } = site
  const { closedAt: _, rememberedFrom: since, ...told } = rest
  return {
    ...told,
    ...{ archiveDays, figureDays, rememberedWeeks },
    rememberedFrom: since === undefined ? null : new Date(since).toISOString(),
    role,
    createdAt: new Date(createdAt).toISOString(),
  }
}

/**
 * Who reaches us at the port that we listen on reaches the endpoint at its own; who comes through a proxy finds
 * both at one address.
 */
function snippetUrl({ protocol, hostname, host, port, socket }: FastifyRequest, ingestPort: number): string {
  const direct = (port ?? 80) === socket.localPort
  return `${protocol}://${direct ? `${hostname}:${ingestPort}` : host}/retrace.js`
}
