/** Slows down whoever guesses tokens: so many wrong ones a minute, by address and from everywhere. */
import { LRUCache } from 'lru-cache'

export type Throttle = {
  /** Whether another guess may be looked at. */
  allows(address: string): boolean
  /** Counts a wrong guess. */
  failed(address: string): void
}

export const retryAfterSeconds = 60

const maxPerAddress = 10
/** From many addresses at once: a token of 128 bits is safe at any rate, one that somebody made up is not. */
const maxFromEverywhere = 300
/** Addresses that are remembered. Whoever has more of them meets the second limit. */
const maxAddresses = 10_000
const everywhere = '*'

export function createThrottle(now: () => number): Throttle {
  const failures = new LRUCache<string, number>({
    max: maxAddresses,
    ttl: retryAfterSeconds * 1000,
    // A count begins with its first failure and is forgotten a minute later, however many follow.
    noUpdateTTL: true,
    perf: { now },
    ttlResolution: 0,
  })
  const count = (key: string) => failures.get(key) ?? 0
  return {
    allows: (address) => count(address) < maxPerAddress && count(everywhere) < maxFromEverywhere,
    failed(address) {
      for (const key of [address, everywhere]) failures.set(key, count(key) + 1)
    },
  }
}
