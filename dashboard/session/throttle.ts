/** Slows down whoever guesses tokens and passwords: so many wrong ones a minute, by address, by account, from everywhere. */
import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'

export type Throttle = {
  /** Whether another guess may be looked at. @param guessers the address that it comes from, and what it is for */
  allows(...guessers: string[]): boolean
  /** Counts a wrong guess. Of what takes time to check it is counted before: many at once are many. */
  failed(...guessers: string[]): void
  /** Takes back what was counted of a guess that was right. */
  forgive(...guessers: string[]): void
}

export const retryAfterSeconds = 60

/**
 * Who guesses from an address: the address itself, or the /64 of an IPv6 one. A line at home has at least that many to
 * choose from (RFC 6177), so each guess could come from another.
 *
 * @param address as the connection or a trusted proxy names it; what is no address is taken as it is
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%', 1)
  if (!isIPv6(plain)) return address
  // As URLs write them, every address has one form: hexadecimal, without the IPv4 tail.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]]
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  if (groups.slice(0, 6).join(':') !== ipv4Mapped) return `${groups.slice(0, 4).join(':')}::/64`
  // A socket that listens to both names IPv4 addresses so (RFC 4291, 2.5.5.2): one network for all would be too much.
  const bytes = groups.slice(6).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff])
  return bytes.join('.')
}

const ipv4Mapped = '0:0:0:0:0:ffff'

const maxPerGuesser = 10
/** From many addresses at once: a token of 128 bits is safe at any rate, one that somebody made up is not. */
const maxFromEverywhere = 300
/** Addresses and accounts that are remembered. Whoever has more of them meets the second limit. */
const maxGuessers = 10_000
const everywhere = '*'

export function createThrottle(now: () => number): Throttle {
  const failures = new LRUCache<string, number>({
    max: maxGuessers,
    ttl: retryAfterSeconds * 1000,
    // A count begins with its first failure and is forgotten a minute later, however many follow.
    noUpdateTTL: true,
    perf: { now },
    ttlResolution: 0,
  })
  const count = (key: string) => failures.get(key) ?? 0
  const add = (guessers: string[], step: 1 | -1) => {
    for (const key of [...guessers, everywhere]) failures.set(key, Math.max(0, count(key) + step))
  }
  return {
    allows: (...guessers) =>
      guessers.every((guesser) => count(guesser) < maxPerGuesser) && count(everywhere) < maxFromEverywhere,
    failed: (...guessers) => add(guessers, 1),
    forgive: (...guessers) => add(guessers, -1),
  }
}
