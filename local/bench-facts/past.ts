/** What people did at a site in the past, as an endpoint would have taken it: seeded, in the order of time. */
import { hash } from 'node:crypto'
import { granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { createTraffic } from '../../load-test/traffic.ts'
import type { Delivery } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'
import { windowOf } from '../../stream/remembered.ts'

export type Past = {
  site: string
  events: number
  from: number
  to: number
  seed: number
  /** Visitors come back, and keep a name for so many weeks; undefined: each visit is by somebody else. */
  rememberedWeeks?: number
}

/** One visit in so many is by somebody new. */
const visitsOfNew = 3

export const countries = ['US', 'DE', 'FR', 'GB', 'JP', 'ES', 'BR', 'IN'] as const
const producerId = '0123456789abcdef'
const transitMs = 40

export type PastDelivery = { delivery: Delivery; header: RecordHeader; sequence: number }

export function* deliveriesOf({ site, from, to, seed, events, rememberedWeeks }: Past): Generator<PastDelivery> {
  const { hour, day } = granularityMs
  const rate = events / ((to - from) / 1000)
  const traffic = createTraffic({ sites: [site], seed, rate })
  for (let at = from, sequence = 0; at < to; sequence += 1) {
    const { visit, userAgent, language, body } = traffic.next(Math.floor(at))
    const delivery: Delivery = {
      site,
      visitor: nameOf(rememberedWeeks === undefined ? `${visit}` : `${personOf(visit)} ${windowAt(body.sentAt)}`),
      received: body.sentAt + transitMs,
      sentAt: body.sentAt,
      userAgent,
      country: countries[visit % countries.length] as string,
      language: language.slice(0, 2),
      events: body.events,
    }
    const producer = { producerId, producerSequence: sequence, traceId: '0'.repeat(32) }
    yield { delivery, header: { ...producer, createdAt: delivery.received, eventCount: body.events.length }, sequence }
    at += (body.events.length / (rate * busyness(at))) * 1000
  }

  function nameOf(whose: string): string {
    return hash('sha1', `${seed} ${whose}`, 'hex').slice(0, 16)
  }

  /** Somebody new, or any of those who came before. */
  function personOf(visit: number): number {
    if (visit % visitsOfNew === 0) return visit
    const drawn = hash('sha1', `${seed} back ${visit}`, 'buffer').readUInt32BE(0) % visit
    return drawn - (drawn % visitsOfNew)
  }

  function windowAt(at: number): number | undefined {
    return windowOf({ rememberedFrom: from, ...(rememberedWeeks !== undefined && { rememberedWeeks }) }, at)?.from
  }

  /** Days have an afternoon and a night; on average this is 1. */
  function busyness(at: number): number {
    return 1 + 0.7 * Math.cos((((at % day) / hour - 14) / 24) * 2 * Math.PI)
  }
}
