/** `POST /v1/events`: what pages send. Answered when every good event of the request is durable, not before. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limits } from '../stream/limits.ts'
import type { Site } from '../stream/site.ts'
import type { Entry, StoreResult } from './batch.ts'
import { checkEvents, type Rejected, toEntries } from './deliveries.ts'
import { Problem } from './problems.ts'
import type { Producer } from './producer.ts'
import type { IngestOptions } from './server.ts'
import { identify } from './visitor.ts'

type EventsBody = { site: string; sentAt: number; events: unknown[] }
export type EventsAnswer = { accepted: number; rejected: Rejected[] }

const bodySchema = {
  type: 'object',
  required: ['site', 'sentAt', 'events'],
  properties: {
    site: { type: 'string', maxLength: 64 },
    sentAt: { type: 'integer', minimum: 0, maximum: 253_402_300_799_999 },
    events: { type: 'array', minItems: 1, maxItems: limits.requestEvents },
  },
} as const

export const eventsAnswerSchema = {
  type: 'object',
  properties: {
    accepted: { type: 'integer' },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        properties: { index: { type: 'integer' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const

export function registerEvents(app: FastifyInstance, options: IngestOptions): void {
  const { producer, salts, sites, now } = options
  app.post<{ Body: EventsBody }>(
    '/v1/events',
    { schema: { body: bodySchema, response: { 202: eventsAnswerSchema } } },
    async (request, reply) => {
      const { body } = request
      const received = now()
      const site = await findSite(sites, body.site)
      if (!site || !originAllowed(site, request.headers.origin)) {
        throw new Problem(site ? 'origin_not_allowed' : 'unknown_site')
      }
      const { good, rejected } = checkEvents(body.events, site.queryParams)
      if (good.length > 0) {
        const userAgent = (request.headers['user-agent'] ?? '').slice(0, 512)
        const who = await identify(salts, site.site, request.ip, userAgent, received).catch(unavailable)
        const { visitor, previousVisitor, routing } = who
        const entries = toEntries(
          {
            site: site.site,
            visitor,
            ...(previousVisitor && { previousVisitor }),
            received,
            sentAt: body.sentAt,
            userAgent,
            ...placeOf(request),
          },
          good.map((event) => event.json),
        )
        await storeAll(
          producer,
          entries.map((entry) => ({ routing, entry })),
          traceIdOf(request),
        )
      }
      return reply.code(202).send({ accepted: good.length, rejected } satisfies EventsAnswer)
    },
  )
}

/** Resolves when all of it is durable; a part that is not makes the request fail, and its retry is recognised. */
export async function storeAll(
  producer: Pick<Producer, 'store'>,
  entries: readonly { routing: number; entry: Entry }[],
  traceId: string,
): Promise<void> {
  const results = await Promise.all(entries.map(({ routing, entry }) => producer.store(routing, entry, traceId)))
  const failed = results.find((result): result is StoreResult & { ok: false } => !result.ok)
  if (failed) throw new Problem(failed.code, { cause: failed.cause })
}

export function findSite(sites: IngestOptions['sites'], site: string): Promise<Site | undefined> {
  return sites.find(site).catch(unavailable)
}

/** The trace id of a W3C traceparent header (version 00), or a new one. */
export function traceIdOf(request: FastifyRequest): string {
  const given = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(request.headers.traceparent ?? ''))?.[1]
  return given && !/^0+$/.test(given) ? given : randomBytes(16).toString('hex')
}

/** Browsers name the embedding site's origin; a client that sends none is no page that borrowed somebody's site id. */
function originAllowed(site: Site, origin: string | undefined): boolean {
  return site.origins.length === 0 || origin === undefined || site.origins.includes(origin)
}

/** Country as the edge names it (CloudFront, Cloudflare), and the first language the browser asks for. */
function placeOf(request: FastifyRequest): { country?: string; language?: string } {
  const { headers } = request
  const country = /^[A-Z]{2}$/.exec(String(headers['cloudfront-viewer-country'] ?? headers['cf-ipcountry'] ?? ''))?.[0]
  const language = /^[a-z]{2,3}(?=[-,;]|$)/i.exec(headers['accept-language'] ?? '')?.[0].toLowerCase()
  return { ...(country && { country }), ...(language && { language }) }
}

function unavailable(cause: unknown): never {
  throw new Problem('unavailable', { cause })
}
