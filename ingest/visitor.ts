/**
 * Who came, without cookies (docs/decisions/0004-visitors-without-cookies.md): a hash of address and browser under
 * a salt that lives two days. The address goes in here and nowhere else: who was here lately is remembered in memory,
 * never written.
 */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Salts } from './salts.ts'

export type Visitor = {
  /** 16 hex digits. */
  visitor: string
  /** The same under yesterday's salt, while a visit may still go on across midnight. */
  previousVisitor?: string
  /** Place in the stream's key space, 0 to 2^32 - 1: the same for a visitor on every day. */
  routing: number
}

/** A visit ends after 30 minutes without a sign of life; an hour also covers what browsers sent late. */
const hourMs = 3_600_000
const carryOverMs = hourMs
const dayMs = 86_400_000

/** A visitor sends several requests in a row, and hashing is a tenth of what a request takes. */
const recent = new LRUCache<string, { hour: number; visitor: Visitor }>({
  // About 40,000 visitors with names of usual length; names made up to be long only push each other out.
  maxSize: 8 * 1024 * 1024,
  sizeCalculation: (_visitor, key) => key.length,
})

/** Who was here in this hour, for those who need not wait: undefined when it has to be computed. */
export function knownVisitor(site: string, address: string, userAgent: string, at: number): Visitor | undefined {
  const known = recent.get(keyOf(site, address, userAgent))
  // A new hour may be a new day, or the end of the carry-over.
  return known?.hour === Math.floor(at / hourMs) ? known.visitor : undefined
}

/** Rejects when a salt is needed that cannot be read. */
export async function identify(
  salts: Salts,
  site: string,
  address: string,
  userAgent: string,
  at: number,
): Promise<Visitor> {
  const key = keyOf(site, address, userAgent)
  const yesterdaySalt = at % dayMs < carryOverMs ? await salts.ofPastDay(dayOf(at - dayMs)) : undefined
  const visitor: Visitor = {
    visitor: digest((await salts.ofDay(dayOf(at))) + key),
    ...(yesterdaySalt !== undefined && { previousVisitor: digest(yesterdaySalt + key) }),
    routing: routingOf(await salts.routing(), key),
  }
  recent.set(key, { hour: Math.floor(at / hourMs), visitor })
  return visitor
}

/**
 * The same for a line of an imported log: days are those of the log, and the salt is the import's own, which goes
 * when the import is done.
 */
export async function identifyImported(
  salts: Salts,
  importSalt: string,
  site: string,
  address: string,
  userAgent: string,
  at: number,
): Promise<Visitor> {
  const key = keyOf(site, address, userAgent)
  const under = (day: number) => digest(`${importSalt}\n${dayOf(day)}${key}`)
  return {
    visitor: under(at),
    ...(at % dayMs < carryOverMs && { previousVisitor: under(at - dayMs) }),
    routing: routingOf(await salts.routing(), key),
  }
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
