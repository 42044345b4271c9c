/** What people did at a site in the past, as an endpoint would have taken it: seeded, in the order of time. */
import { hash } from 'node:crypto'
import { granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { createTraffic } from '../../load-test/traffic.ts'
import type { Delivery } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'

export type Past = { site: string; events: number; from: number; to: number; seed: number }

export const countries = ['US', 'DE', 'FR', 'GB', 'JP', 'ES', 'BR', 'IN'] as const
const producerId = '0123456789abcdef'
const transitMs = 40

export type PastDelivery = { delivery: Delivery; header: RecordHeader; sequence: number }

export function* deliveriesOf({ site, from, to, seed, events }: Past): Generator<PastDelivery> {
  const { hour, day } = granularityMs
  const rate = events / ((to - from) / 1000)
  const traffic = createTraffic({ sites: [site], seed, rate })
  for (let at = from, sequence = 0; at < to; sequence += 1) {
    const { visit, userAgent, language, body } = traffic.next(Math.floor(at))
    const delivery: Delivery = {
      site,
      visitor: hash('sha1', `${seed} ${visit}`, 'hex').slice(0, 16),
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

  /** Days have an afternoon and a night; on average this is 1. */
  function busyness(at: number): number {
    return 1 + 0.7 * Math.cos((((at % day) / hour - 14) / 24) * 2 * Math.PI)
  }
}
