/**
 * Token buckets: each key may spend `burst` requests at once and is given `perSecond` new ones a second. One bucket a
 * key, bounded in number: whoever was forgotten starts with a full one.
 */
import { LRUCache } from 'lru-cache'

export type RateLimit = {
  /** @returns 0 when the request may pass, else seconds until the next one may */
  take(key: string): number
}

const maxKeys = 100_000
const burstSeconds = 10

/** @param perSecond 0: everything passes */
export function createRateLimit(perSecond: number, now: () => number): RateLimit {
  if (perSecond === 0) return { take: () => 0 }
  const burst = perSecond * burstSeconds
  const buckets = new LRUCache<string, { tokens: number; at: number }>({ max: maxKeys })
  return {
    take(key) {
      const at = now()
      let bucket = buckets.get(key)
      if (!bucket) {
        bucket = { tokens: burst, at }
        buckets.set(key, bucket)
      }
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond)
      bucket.at = at
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond)
      bucket.tokens--
      return 0
    },
  }
}
