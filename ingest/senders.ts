/** Who sends a request: for which site, and under whose name, as far as the site and the sender want it known. */
import { randomInt } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Site } from '../stream/site.ts'
import { hashNetworkOf } from './network.ts'
import { Problem } from './problems.ts'
import type { IngestOptions } from './server.ts'
import { identify, knownVisitor, type Visitor } from './visitor.ts'

/**
 * At once where the site is known, as nearly always.
 *
 * @throws Problem, as itself or as a rejection, when there is no such site, or it does not take events from where this comes from
 */
export function findSite(options: IngestOptions, name: string, origin: string | undefined): Site | Promise<Site> {
  const known = options.sites.known(name)
  if (known) return admit(options, known, origin)
  return options.sites.find(name).then((site) => admit(options, site, origin), unavailable)
}

function admit({ siteLimit }: IngestOptions, site: Site | undefined, origin: string | undefined): Site {
  if (!site) throw new Problem('unknown_site')
  // Browsers name the embedding site's origin; a client that sends none is no page that borrowed somebody's site id.
  if (origin !== undefined && site.origins.length > 0 && !site.origins.includes(origin))
    throw new Problem('origin_not_allowed')
  const retryAfterSeconds = siteLimit.take(site.site)
  if (retryAfterSeconds > 0) throw new Problem('too_many_requests', { retryAfterSeconds })
  return site
}

/** Do Not Track and Global Privacy Control: of who asks for it, nothing is stored. */
export function asksNotToBeTracked({ headers }: FastifyRequest): boolean {
  return headers.dnt === '1' || headers['sec-gpc'] === '1'
}

/** Who sent a request, as far as the site and the sender want it known. */
export type Sender = Partial<Visitor> & {
  site: Site
  /** When the request was here, epoch milliseconds: names are made for that time. */
  received: number
  /** Place in the stream's key space, 0 to 2^32 - 1. */
  routing: number
  network?: string | undefined
}

/**
 * At once where site and visitor were here lately, as nearly always.
 *
 * @throws Problem, as itself or as a rejection: as `findSite`, and when a salt is needed that cannot be read
 */
export function findSender(
  options: IngestOptions,
  request: FastifyRequest,
  name: string,
  origin: string | undefined,
): Sender | Promise<Sender> {
  const site = findSite(options, name, origin)
  return site instanceof Promise
    ? site.then((found) => senderAt(options, request, found))
    : senderAt(options, request, site)
}

function senderAt(options: IngestOptions, request: FastifyRequest, site: Site): Sender | Promise<Sender> {
  const received = options.now()
  // Nobody's name is made who does not want to have one.
  if ((site.strict && !site.network) || asksNotToBeTracked(request)) return { site, received, routing: anyRouting() }
  const known = site.strict || site.network ? undefined : knownVisitor(site, request.ip, userAgentOf(request), received)
  return known ? { site, received, ...known } : identifySender(options, request, site, received)
}

async function identifySender(
  { salts }: IngestOptions,
  request: FastifyRequest,
  site: Site,
  received: number,
): Promise<Sender> {
  const { ip } = request
  const who = site.strict
    ? { routing: anyRouting() }
    : await identify(salts, site, ip, userAgentOf(request), received).catch(unavailable)
  const network = site.network ? await hashNetworkOf(salts, ip).catch(unavailable) : undefined
  return { site, received, ...who, network }
}

function anyRouting(): number {
  return randomInt(2 ** 32)
}

export function userAgentOf({ headers }: FastifyRequest): string {
  return (headers['user-agent'] ?? '').slice(0, 512)
}

export function unavailable(cause: unknown): never {
  throw new Problem('unavailable', { cause })
}
