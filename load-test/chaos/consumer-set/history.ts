/**
 * A past for the stream: almost four hours of ordinary traffic with floods and silences in it, as if it had come in
 * then. Without it the anomaly detector, which tells nothing in its first hour, would have nothing to find, and its
 * incidents would be identical because there are none.
 */
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import type { EventType } from '../../../stream/event.ts'
import { encodeRecord } from '../../../stream/record.ts'
import { between, hex16, type Random, seededRandom } from '../../random.ts'
import { EventSet } from '../../reconcile/event-set.ts'
import { createVisitor } from '../visitor.ts'

const minuteMs = 60_000
const minutes = 225
/** Over for everybody by the time that it is read. */
const endsBeforeMs = 3 * minuteMs
/** Each is an incident; a silence before the floods would make the detector careful (docs/anomaly-detection.md). */
const floods = [100, 101, 102, 135, 136, 137]
const silences = [165, 166, 167, 168, 195, 196, 197]
/** One record a minute and shard: a hash key in either half of the key space, which two shards share. */
const hashKeys = ['0', String(2n ** 127n)]
/** PutRecords takes 500. */
const recordsAtOnce = 100

export type HistoryOptions = { kinesis: KinesisClient; stream: string; site: string; seed: number; now: number }

/** @returns the events that are in the stream now */
export async function putHistory(options: HistoryOptions): Promise<EventSet> {
  const { kinesis, stream, site, seed, now } = options
  const random = seededRandom(seed)
  const stored = new EventSet()
  const begin = Math.floor((now - endsBeforeMs) / minuteMs) * minuteMs - minutes * minuteMs
  const lanes = hashKeys.map((hashKey) => ({ hashKey, producerId: hex16(random), producerSequence: 0 }))
  let entries: { Data: Buffer; PartitionKey: string; ExplicitHashKey: string }[] = []
  const put = async () => {
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: entries }))
    if (answer.FailedRecordCount) throw new Error(`${answer.FailedRecordCount} records of the past were not taken`)
    entries = []
  }
  for (let minute = 0; minute < minutes; minute += 1) {
    if (silences.includes(minute)) continue
    for (const lane of lanes) {
      const at = begin + minute * minuteMs
      const deliveries = deliveriesOf(random, site, at, floods.includes(minute))
      for (const { events } of deliveries) for (const { load, n } of events) stored.add(site, load, n)
      const { hashKey, producerId } = lane
      const header = {
        producerId,
        producerSequence: lane.producerSequence++,
        traceId: hex16(random) + hex16(random),
        createdAt: at,
        eventCount: deliveries.length,
      }
      const Data = encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))
      entries.push({ Data, PartitionKey: 'past', ExplicitHashKey: hashKey })
      if (entries.length === recordsAtOnce) await put()
    }
  }
  if (entries.length > 0) await put()
  return stored
}

function deliveriesOf(random: Random, site: string, received: number, flood: boolean) {
  const counts: [EventType, number][] = [
    ['pageview', between(random, 22, 26)],
    ['click', flood ? 200 : between(random, 2, 6)],
  ]
  return counts.flatMap(([type, count]) =>
    Array.from({ length: count }, () => {
      const { userAgent, events } = createVisitor(random).next(received)
      const visitor = hex16(random)
      return {
        site,
        visitor,
        received,
        sentAt: received,
        userAgent,
        events: events.map((event) => ({ ...event, type })),
      }
    }),
  )
}
