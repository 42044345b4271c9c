/** What becomes of good events, however they came: in which record, and when they are durable. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordSpanId } from '../stream/tracing.ts'
import type { StoreResult } from './batch.ts'
import { type DeliveryContext, type Entry, toEntry, type WrittenEvents } from './deliveries.ts'
import { Problem } from './problems.ts'
import type { Producer } from './producer.ts'
import { type Sender, userAgentOf } from './senders.ts'
import type { IngestOptions } from './server.ts'
import { type CallerTrace, traceRequest } from './spans.ts'

/** What a request brings. */
type Taken = { sender: Sender; sentAt: number; tag: string | undefined; written: readonly WrittenEvents[] }

/**
 * Stores the events of one visitor.
 *
 * @param done told when they are durable; or with a Problem, when they are not
 */
export function takeEvents(
  options: IngestOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  { sender, sentAt, tag, written }: Taken,
  done: (problem: Error | null) => void,
): void {
  const { site, received, routing, visitor, previousVisitor, network } = sender
  const caller = callerTraceOf(request)
  const trace = caller?.traceId
  const { country, region, language } = placeOf(request)
  const context = {
    site: site.site,
    visitor,
    previousVisitor,
    received,
    sentAt,
    userAgent: userAgentOf(request),
    country,
    region,
    language,
    tag,
    network,
    trace,
  }
  const entries = written.map((events) => ({ routing, entry: toEntry(context, events) }))
  storeAll(options.producer, entries, (problem, batchTrace) => {
    if (problem) {
      done(problem)
      return
    }
    // Whoever asks where an event went gets the name it is known by: the caller's own trace, or that of its record.
    const { tracer } = options
    const flags = tracer?.samples(batchTrace) ? '01' : '00'
    reply.header('traceparent', `00-${trace ?? batchTrace}-${recordSpanId(batchTrace)}-${flags}`)
    if (tracer) {
      const route = request.routeOptions.url ?? ''
      traceRequest(tracer, batchTrace, caller, { route, site: site.site, startMs: received, endMs: options.now() })
    }
    done(null)
  })
}

/**
 * @param done told once, when all of it is durable, with the trace id of the first record; a part that is not makes the
 *   request fail, and its retry is recognised
 */
export function storeAll(
  producer: Pick<Producer, 'store'>,
  entries: readonly { routing: number; entry: Entry }[],
  done: (problem: Problem | null, traceId: string) => void,
): void {
  const [only] = entries
  if (only && entries.length === 1) {
    // Nearly always, and nothing has to be counted.
    producer.store(only.routing, only.entry, (result) => {
      done(problemOf(result), result.ok ? result.traceId : '')
    })
    return
  }
  let waiting = entries.length
  if (waiting === 0) done(null, '')
  let traceId = ''
  let problem: Problem | null = null
  for (const [index, { routing, entry }] of entries.entries())
    producer.store(routing, entry, (result) => {
      problem ??= problemOf(result)
      if (result.ok && index === 0) traceId = result.traceId
      waiting -= 1
      if (waiting === 0) done(problem, traceId)
    })
}

function problemOf(result: StoreResult): Problem | null {
  return result.ok ? null : new Problem(result.code, { cause: result.cause })
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
function placeOf({ headers }: FastifyRequest): Pick<DeliveryContext, 'country' | 'region' | 'language'> {
  const edge = headers['cloudfront-viewer-country'] ?? headers['cf-ipcountry']
  const country = typeof edge === 'string' && /^[A-Z]{2}$/.test(edge) ? edge : undefined
  const edgeRegion = headers['cloudfront-viewer-country-region'] ?? headers['cf-region-code']
  const region = typeof edgeRegion === 'string' && /^[A-Z0-9]{1,3}$/.test(edgeRegion) ? edgeRegion : undefined
  const language = /^[a-z]{2,3}(?=[-,;]|$)/i.exec(headers['accept-language'] ?? '')?.[0].toLowerCase()
  return { country, region: country && region, language }
}
