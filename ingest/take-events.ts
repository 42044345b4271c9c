/** What becomes of good events, however they came: who sent them, in which record, and when they are durable. */
import { randomInt } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Site } from '../stream/site.ts'
import { recordSpanId } from '../stream/tracing.ts'
import type { StoreResult } from './batch.ts'
import { type Entry, toEntry, type WrittenEvents } from './deliveries.ts'
import { hashNetworkOf } from './network.ts'
import { Problem } from './problems.ts'
import type { Producer } from './producer.ts'
import type { IngestOptions } from './server.ts'
import { type CallerTrace, traceRequest } from './spans.ts'
import { identify, knownVisitor } from './visitor.ts'

/** @throws Problem when there is no such site, or it does not take events from where this comes from */
export async function findSite(options: IngestOptions, name: string, origin: string | undefined): Promise<Site> {
  const site = options.sites.known(name) ?? (await options.sites.find(name).catch(unavailable))
  if (!site) throw new Problem('unknown_site')
  // Browsers name the embedding site's origin; a client that sends none is no page that borrowed somebody's site id.
  if (origin !== undefined && site.origins.length > 0 && !site.origins.includes(origin))
    throw new Problem('origin_not_allowed')
  const retryAfterSeconds = options.siteLimit.take(name)
  if (retryAfterSeconds > 0) throw new Problem('too_many_requests', { retryAfterSeconds })
  return site
}

/** Do Not Track and Global Privacy Control: of who asks for it, nothing is stored. */
export function asksNotToBeTracked({ headers }: FastifyRequest): boolean {
  return headers.dnt === '1' || headers['sec-gpc'] === '1'
}

/** What a request brings for a site. */
type Taken = { site: Site; sentAt: number; tag: string | undefined; written: readonly WrittenEvents[] }

/** Stores the events of one visitor; resolves when they are durable. */
export async function takeEvents(
  options: IngestOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  { site, sentAt, tag, written }: Taken,
): Promise<void> {
  const received = options.now()
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 512)
  const caller = callerTraceOf(request)
  const trace = caller?.traceId
  const who = site.strict
    ? { routing: randomInt(2 ** 32) }
    : (knownVisitor(site, request.ip, userAgent, received) ??
      (await identify(options.salts, site, request.ip, userAgent, received).catch(unavailable)))
  const { routing, ...visitor } = who
  const network = site.network ? await hashNetworkOf(options.salts, request.ip).catch(unavailable) : undefined
  const context = {
    site: site.site,
    ...visitor,
    received,
    sentAt,
    userAgent,
    ...placeOf(request),
    ...(tag !== undefined && { tag }),
    ...(network !== undefined && { network }),
    ...(trace && { trace }),
  }
  const batchTrace = await storeAll(
    options.producer,
    written.map((events) => ({ routing, entry: toEntry(context, events) })),
  )
  // Whoever asks where an event went gets the name it is known by: the caller's own trace, or that of its record.
  const { tracer } = options
  const flags = tracer?.samples(batchTrace) ? '01' : '00'
  reply.header('traceparent', `00-${trace ?? batchTrace}-${recordSpanId(batchTrace)}-${flags}`)
  if (!tracer) return
  const route = request.routeOptions.url ?? ''
  traceRequest(tracer, batchTrace, caller, { route, site: site.site, startMs: received, endMs: options.now() })
}

/**
 * Resolves when all of it is durable, with the trace id of the first record; a part that is not makes the request
 * fail, and its retry is recognised.
 */
export async function storeAll(
  producer: Pick<Producer, 'store'>,
  entries: readonly { routing: number; entry: Entry }[],
): Promise<string> {
  const [only] = entries
  const results =
    only && entries.length === 1
      ? [await producer.store(only.routing, only.entry)]
      : await Promise.all(entries.map(({ routing, entry }) => producer.store(routing, entry)))
  const failed = results.find((result): result is StoreResult & { ok: false } => !result.ok)
  if (failed) throw new Problem(failed.code, { cause: failed.cause })
  const [first] = results
  return first?.ok ? first.traceId : ''
}

/** What a W3C traceparent header (version 00) says, if the caller has one. */
function callerTraceOf({ headers }: FastifyRequest): CallerTrace | undefined {
  const { traceparent } = headers
  if (typeof traceparent !== 'string') return undefined
  const given = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent)
  const [, traceId = '', spanId = '', flags = ''] = given ?? []
  if (!given || /^0+$/.test(traceId)) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 && !/^0+$/.test(spanId) }
}

/** Country and region as the edge names them (CloudFront, Cloudflare), and the first language the browser asks for. */
function placeOf({ headers }: FastifyRequest): { country?: string; region?: string; language?: string } {
  const edge = headers['cloudfront-viewer-country'] ?? headers['cf-ipcountry']
  const country = typeof edge === 'string' && /^[A-Z]{2}$/.test(edge) ? edge : undefined
  const edgeRegion = headers['cloudfront-viewer-country-region'] ?? headers['cf-region-code']
  const region = typeof edgeRegion === 'string' && /^[A-Z0-9]{1,3}$/.test(edgeRegion) ? edgeRegion : undefined
  const language = /^[a-z]{2,3}(?=[-,;]|$)/i.exec(headers['accept-language'] ?? '')?.[0].toLowerCase()
  return { ...(country && { country }), ...(country && region && { region }), ...(language && { language }) }
}

export function unavailable(cause: unknown): never {
  throw new Problem('unavailable', { cause })
}
