/**
 * Who came, without cookies (docs/decisions/0004-visitors-without-cookies.md): a hash of address and browser under
 * a salt that lives two days; at a site that remembers its visitors, one that lives as long as a window of weeks
 * (docs/decisions/0034-visitors-remembered-for-weeks.md). The address goes in here and nowhere else: who was here lately is
 * remembered in memory, never written.
 */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { windowOf } from '../stream/remembered.ts'
import type { Site } from '../stream/site.ts'
import type { SaltPeriod, Salts } from './salts.ts'

export type Visitor = {
  /** 16 hex digits. */
  visitor: string
  /** The same under the salt before, while a visit may still go on across the midnight at which names changed. */
  previousVisitor?: string
  /** Place in the stream's key space, 0 to 2^32 - 1: the same for a visitor on every day. */
  routing: number
}

/** A visit ends after 30 minutes without a sign of life; an hour also covers what browsers sent late. */
const hourMs = 3_600_000
const carryOverMs = hourMs
const dayMs = 86_400_000

/** What of a site makes names of its visitors. */
type NamingSite = Pick<Site, 'site' | 'rememberedWeeks' | 'rememberedFrom'>

/** A visitor sends several requests in a row, and hashing is a tenth of what a request takes. */
const recent = new LRUCache<string, { hour: number; rememberedFrom: number | undefined; visitor: Visitor }>({
  // About 40,000 visitors with names of usual length; names made up to be long only push each other out.
  maxSize: 8 * 1024 * 1024,
  sizeCalculation: (_visitor, key) => key.length,
})

/** Who was here in this hour, for those who need not wait: undefined when it has to be computed. */
export function knownVisitor(site: NamingSite, address: string, userAgent: string, at: number): Visitor | undefined {
  const known = recent.get(keyOf(site.site, address, userAgent))
  // A new hour may be a new day, or the end of the carry-over; what a site remembers may have been changed.
  return known?.hour === Math.floor(at / hourMs) && known.rememberedFrom === site.rememberedFrom
    ? known.visitor
    : undefined
}

/** Rejects when a salt is needed that cannot be read. */
export async function identify(
  salts: Salts,
  site: NamingSite,
  address: string,
  userAgent: string,
  at: number,
): Promise<Visitor> {
  const { period, previous } = periodsOf(site, at)
  const previousSalt = previous && (await salts.ofPast(previous))
  const visitor: Visitor = {
    visitor: digest((await salts.of(period, at)) + nameKey(period, site, address, userAgent)),
    ...(previous &&
      previousSalt !== undefined && {
        previousVisitor: digest(previousSalt + nameKey(previous, site, address, userAgent)),
      }),
    routing: routingOf(await salts.routing(), nameKey(period, site, address, userAgent)),
  }
  const { rememberedFrom } = site
  recent.set(keyOf(site.site, address, userAgent), { hour: Math.floor(at / hourMs), rememberedFrom, visitor })
  return visitor
}

/**
 * The same for a line of an imported log: days, or windows of weeks, are those of the log, and the salt is the import's own,
 * which goes when the import is done.
 */
export async function identifyImported(
  salts: Salts,
  importSalt: string,
  site: NamingSite,
  address: string,
  userAgent: string,
  at: number,
): Promise<Visitor> {
  const { period, previous } = periodsOf(site, at)
  const under = (one: NamingPeriod) => digest(`${importSalt}\n${one.name}${nameKey(one, site, address, userAgent)}`)
  return {
    visitor: under(period),
    ...(previous && { previousVisitor: under(previous) }),
    routing: routingOf(await salts.routing(), nameKey(period, site, address, userAgent)),
  }
}

type NamingPeriod = SaltPeriod & { isWindow: boolean }

/** In which period of names a time is, and in the first hour of another one in which one yesterday was. */
function periodsOf(site: NamingSite, at: number): { period: NamingPeriod; previous: NamingPeriod | undefined } {
  const period = periodOf(site, at)
  const previous = at % dayMs < carryOverMs ? periodOf(site, at - dayMs) : undefined
  return { period, previous: previous?.name === period.name ? undefined : previous }
}

function periodOf(site: NamingSite, at: number): NamingPeriod {
  const window = windowOf(site, at)
  if (window && site.rememberedFrom !== undefined)
    // Whoever begins once more begins with another salt. No name of a site has a blank in it, nor has a day.
    return { ...window, name: [site.site, dayOf(site.rememberedFrom), dayOf(window.from)].join(' '), isWindow: true }
  const from = at - (at % dayMs)
  return { name: dayOf(at), from, to: from + dayMs, isWindow: false }
}

/** In a window of weeks most browsers become another version: that does not make another visitor. */
function nameKey(period: NamingPeriod, { site }: NamingSite, address: string, userAgent: string): string {
  return keyOf(site, address, period.isWindow ? withoutVersions(userAgent) : userAgent)
}

/** `Chrome/131.0.0.0` is `Chrome/`, and `iPhone OS 18_1` is `iPhone OS `; numbers of models, such as `Pixel 9`, stay. */
function withoutVersions(userAgent: string): string {
  return userAgent.replace(/\d+(?:[._]\d+)+/g, '')
}

function keyOf(site: string, address: string, userAgent: string): string {
  return `\n${site}\n${address}\n${userAgent}`
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}

function routingOf(salt: string, key: string): number {
  return hash('sha256', salt + key, 'buffer').readUInt32BE(0)
}

let lastDay = { number: Number.NaN, text: '' }

/** The UTC day, `YYYY-MM-DD`; nearly always the same as the last time. */
function dayOf(at: number): string {
  const number = Math.floor(at / dayMs)
  if (number !== lastDay.number) lastDay = { number, text: new Date(at).toISOString().slice(0, 10) }
  return lastDay.text
}
