/** Traffic of the load test as records of the stream, without an endpoint: pure, seeded, at a rate in stream time. */
import { hash } from 'node:crypto'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { createTraffic } from '../../load-test/traffic.ts'
import type { Delivery } from '../../stream/event.ts'
import { encodeRecord } from '../../stream/record.ts'

export type RecordOptions = {
  sites: readonly string[]
  seed: number
  /** Events a second of stream time. */
  rate: number
  /** Epoch milliseconds of the first event. */
  startAt: number
}

/** How long the endpoint gathers a batch (docs/decisions/0001-an-acknowledgement-means-durable.md). */
const lingerMs = 50
const countries = ['US', 'DE', 'FR', 'GB', 'JP', 'ES', 'BR', 'IN'] as const
/** Transit of a request, by which the receipt is later than the sending. */
const transitMs = 40

export type TimedRecord = { record: StreamRecord; events: number }

/** Records in order, as long as they are asked for. */
export function* trafficRecords({ sites, seed, rate, startAt }: RecordOptions): Generator<TimedRecord, never> {
  const traffic = createTraffic({ sites, seed, rate })
  let at = startAt
  for (let sequence = 0; ; sequence += 1) {
    const deliveries: Delivery[] = []
    const closesAt = at + lingerMs
    let events = 0
    while (at < closesAt) {
      const request = traffic.next(Math.floor(at))
      const { site, sentAt, events: sent } = request.body
      deliveries.push({
        site,
        visitor: hash('sha1', `${seed} ${request.visit}`, 'hex').slice(0, 16),
        received: sentAt + transitMs,
        sentAt,
        userAgent: request.userAgent,
        country: countries[request.visit % countries.length] as string,
        language: request.language.slice(0, 2),
        events: sent,
      })
      events += sent.length
      at += (sent.length / rate) * 1000
    }
    yield { record: toRecord(sequence, Math.floor(at), deliveries, events), events }
  }
}

function toRecord(sequence: number, createdAt: number, deliveries: Delivery[], eventCount: number): StreamRecord {
  const header = {
    producerId: '00000000000000aa',
    producerSequence: sequence,
    traceId: '0'.repeat(32),
    createdAt,
    eventCount,
  }
  return {
    // As long as Kinesis makes them.
    sequenceNumber: `49${String(sequence).padStart(54, '0')}`,
    data: encodeRecord(header, Buffer.from(JSON.stringify(deliveries))),
    arrivedAt: createdAt,
  }
}
