/**
 * The network that a client is in, as sites may have it kept that ask for it (docs/decisions/0017): four hex digits of
 * a keyed hash, too coarse to name a network, and the same on every day.
 */
import { hash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { Salts } from './salts.ts'

/** Four bytes of IPv4, eight groups of 16 bits of IPv6. */
export type Address = { version: 4 | 6; parts: readonly number[] }

/** What is taken for one network: what a provider gives a customer at least, in the first three parts of an address. */
export const networkBits = { 4: 24, 6: 48 } as const
/** Bits of one part. */
export const partBits = { 4: 8, 6: 16 } as const
const networkParts = 3
/** 65,536 values: of 16.7 million networks of IPv4, 256 share one. */
const hexDigits = 4

/** @returns undefined for what is no address; IPv4 within IPv6 is IPv4 */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { version: 4, parts: text.split('.').map(Number) }
  const [address = ''] = text.split('%')
  if (!isIPv6(address)) return undefined
  const parts = groupsOf(address)
  const [, , , , , mark, high = 0, low = 0] = parts
  const isMapped = mark === 0xffff && parts.slice(0, 5).every((part) => part === 0)
  return isMapped ? { version: 4, parts: [high >> 8, high & 255, low >> 8, low & 255] } : { version: 6, parts }
}

function groupsOf(address: string): number[] {
  const [before = '', after] = address.split('::')
  const head = groupsIn(before)
  if (after === undefined) return head
  const tail = groupsIn(after)
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

/** The last of them may be written as IPv4. */
function groupsIn(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

/** The network that an address is in, as everybody writes it: `203.0.113.0/24`, `2001:db8:1::/48`. */
export function networkOf({ version, parts }: Address): string {
  const first = parts.slice(0, networkParts)
  return version === 4 ? `${first.join('.')}.0/24` : `${first.map((part) => part.toString(16)).join(':')}::/48`
}

/** @param network as `networkOf` writes it */
export async function hashNetwork(salts: Pick<Salts, 'network'>, network: string): Promise<string> {
  return hash('sha256', `${await salts.network()}\n${network}`, 'hex').slice(0, hexDigits)
}

/** @returns undefined where a log gives a name in place of an address */
export async function hashNetworkOf(salts: Pick<Salts, 'network'>, address: string): Promise<string | undefined> {
  const parsed = parseAddress(address)
  return parsed && hashNetwork(salts, networkOf(parsed))
}
