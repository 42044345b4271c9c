/**
 * Who came, without cookies (docs/decisions/0004-visitors-without-cookies.md): a hash of address and browser under
 * a salt that lives two days. The address goes in here and nowhere else.
 */
import { hash } from 'node:crypto'
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
const carryOverMs = 3_600_000
const dayMs = 86_400_000

export async function identify(
  salts: Salts,
  site: string,
  address: string,
  userAgent: string,
  at: number,
): Promise<Visitor> {
  const today = salts.ofDay(dayOf(at))
  const yesterday = at % dayMs < carryOverMs ? salts.ofPastDay(dayOf(at - dayMs)) : undefined
  const key = `\n${site}\n${address}\n${userAgent}`
  const yesterdaySalt = await yesterday
  return {
    visitor: digest((await today) + key),
    ...(yesterdaySalt !== undefined && { previousVisitor: digest(yesterdaySalt + key) }),
    routing: routingOf(await salts.routing(), key),
  }
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
  const key = `\n${site}\n${address}\n${userAgent}`
  const under = (day: number) => digest(`${importSalt}\n${dayOf(day)}${key}`)
  return {
    visitor: under(at),
    ...(at % dayMs < carryOverMs && { previousVisitor: under(at - dayMs) }),
    routing: routingOf(await salts.routing(), key),
  }
}

function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16)
}

function routingOf(salt: string, key: string): number {
  return hash('sha256', salt + key, 'buffer').readUInt32BE(0)
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
