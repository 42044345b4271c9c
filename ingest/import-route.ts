/**
 * `POST /v1/import` and `GET /v1/imports/{site}/{source}`: events of the past, with the address and browser that a
 * log recorded and at the times that it gives. For the administrator alone, since a page must not choose those.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkEvents, type Entry, type GoodEvent, toEntry, writeEvents } from './deliveries.ts'
import type { EventsAnswer } from './events-route.ts'
import type { ImportLedger } from './import-ledger.ts'
import { hashNetworkOf } from './network.ts'
import { Problem } from './problems.ts'
import { findSite, unavailable } from './senders.ts'
import type { IngestOptions } from './server.ts'
import { type ImportedEvent, isImportBody } from './shapes.ts'
import { storeAll } from './take-events.ts'
import { identifyImported, type Visitor } from './visitor.ts'

export function registerImports(app: FastifyInstance, options: IngestOptions, imports: ImportLedger): void {
  const { producer, salts, metrics, now } = options

  async function authorize(request: FastifyRequest): Promise<void> {
    if (!bearsToken(request.headers.authorization, options.adminToken)) throw new Problem('not_authorized')
  }

  app.get<{ Params: { site: string; source: string } }>(
    '/v1/imports/:site/:source',
    { onRequest: authorize },
    async (request) => {
      const { site, source } = request.params
      const found = await findSite(options, site, undefined)
      const progress = (await imports.find(site, source).catch(unavailable)) ?? {
        line: 0,
        prefix: '',
        accepted: 0,
        done: false,
      }
      return { ...progress, origins: found.origins }
    },
  )

  app.post('/v1/import', { onRequest: authorize }, async (request, reply) => {
    const { body } = request
    if (!isImportBody(body)) throw new Problem('unreadable_body')
    const site = await findSite(options, body.site, undefined)
    const { good, rejected } = checkEvents(body.events, site.queryParams)

    const salt = await imports.salt(body.site, body.source).catch(unavailable)
    const received = now()
    const visits = new Map<
      string,
      { who: Visitor; network: string | undefined; userAgent: string; good: GoodEvent[] }
    >()
    for (const one of good) {
      const { index, event } = one
      const { address, userAgent } = body.events[index] as ImportedEvent
      const browser = userAgent.slice(0, 512)
      const who = await identifyImported(salts, salt, site, address, browser, event.at)
      const visit = visits.get(who.visitor)
      if (visit) {
        visit.good.push(one)
        continue
      }
      const network = site.network ? await hashNetworkOf(salts, address).catch(unavailable) : undefined
      visits.set(who.visitor, { who, network, userAgent: browser, good: [one] })
    }
    const entries: { routing: number; entry: Entry }[] = []
    for (const { who, network, userAgent, good } of visits.values()) {
      const { visitor, previousVisitor, routing } = who
      const context = {
        site: site.site,
        visitor,
        previousVisitor,
        received,
        userAgent,
        network,
      }
      const { written, rejected: tooLarge } = writeEvents(good)
      entries.push(...written.map((events) => ({ routing, entry: toEntry(context, events) })))
      rejected.push(...tooLarge)
    }
    const accepted = entries.reduce((sum, { entry }) => sum + entry.eventCount, 0)
    await promisify(storeAll)(producer, entries)
    // Only now: a log is done as far as its events are durable.
    const { line, prefix, done } = body
    await imports.advance(body.site, body.source, { line, prefix, done }, accepted).catch(unavailable)
    metrics.accepted += accepted
    return reply.code(202).send({ accepted, rejected } satisfies EventsAnswer)
  })
}

/** Compares hashes, in constant time, so that an answer's time tells nothing of the token. */
function bearsToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
  if (given === undefined || token === '') return false
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))
}
