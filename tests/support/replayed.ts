/** Traffic of several days as it lies in the stream, read by the aggregator and by a replay. */

import type { ReplaySource } from '../../consumers/replay/sources/source.ts'
import type { Consumer, StreamRecord } from '../../consumers/runtime/consumer.ts'
import { type DecodedStreamRecord, decodeRecords } from '../../consumers/runtime/records.ts'
import type { Delivery } from '../../stream/event.ts'
import { isAfter } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { aRecord, noon } from './events.ts'
import { traffic } from './stream.ts'

/** A shard with all that it will ever hold. */
export type FullShard = Shard & { records: StreamRecord[] }

/** Visits over `days` days from noon on, so that each day's begins in the middle of some. */
export function daysOfTraffic(count: number, days: number): Delivery[] {
  const factor = (days * 86_400_000) / (count * 20_000)
  const moved = (at: number) => Math.round(noon + (at - noon) * factor)
  return traffic(count).map(({ sentAt = 0, received, ...delivery }) => {
    const by = moved(received) - received
    const events = delivery.events.map((event) => ({ ...event, at: event.at + by }))
    return { ...delivery, received: received + by, sentAt: sentAt + by, events }
  })
}

export function shardOf(
  number: number,
  parents: number[],
  closed: boolean,
  deliveries: readonly Delivery[],
): FullShard {
  const name = (shard: number) => `shardId-${String(shard).padStart(12, '0')}`
  const records = deliveries.map((delivery, i): StreamRecord => {
    const producerId = `fedcba987654321${number}`
    const data = aRecord([delivery], { producerId, producerSequence: i })
    // They begin just below a power of ten: longer ones are larger.
    return { sequenceNumber: String(95 + i), data, arrivedAt: delivery.received + 50 }
  })
  return { shardId: name(number), startingHashKey: '0', parents: parents.map(name), closed, records }
}

/** Split, then merged: shard 0 became 1 and 2, and those became 3. */
export function resharded(deliveries: readonly Delivery[]): FullShard[] {
  const third = Math.floor(deliveries.length / 3)
  const second = deliveries.slice(third, 2 * third)
  const isLow = ({ visitor = '' }: Delivery) => Number(visitor.at(-1)) % 2 === 0
  return [
    shardOf(0, [], true, deliveries.slice(0, third)),
    shardOf(1, [0], true, second.filter(isLow)),
    shardOf(
      2,
      [0],
      true,
      second.filter((delivery) => !isLow(delivery)),
    ),
    shardOf(3, [1, 2], false, deliveries.slice(2 * third)),
  ]
}

/** As the live consumer reads them: in batches, and saved at the end. */
export async function consume(consumer: Consumer, shards: readonly FullShard[], batch = 25): Promise<void> {
  for (const shard of shards) {
    const open = await consumer.open(shard)
    for (let from = 0; from < shard.records.length; from += batch)
      await open.handle(shard.records.slice(from, from + batch))
    if (shard.closed) await open.end()
    else await open.save()
  }
}

/**
 * From the first record with something that was received in the stretch to the last.
 *
 * @param batch records that come at once
 */
export function memorySource(shards: readonly FullShard[], batch = 10): ReplaySource {
  return {
    shards: async () => shards,
    async *read(shardId, { from, to, after }) {
      const records = shards.find((each) => each.shardId === shardId)?.records ?? []
      const decoded = await decodeAll(shardId, records)
      const isWithin = ({ deliveries }: DecodedStreamRecord) =>
        deliveries.some(({ received }) => received >= from && received < to)
      const [first, last] = [decoded.findIndex(isWithin), decoded.findLastIndex(isWithin)]
      const within = first < 0 ? [] : decoded.slice(first, last + 1)
      const rest = within.filter(({ sequenceNumber }) => isAfter(sequenceNumber, after))
      for (let at = 0; at < rest.length; at += batch) yield rest.slice(at, at + batch)
    },
  }
}

function decodeAll(shardId: string, records: readonly StreamRecord[]): Promise<DecodedStreamRecord[]> {
  return decodeRecords({ consumer: 'aggregator', shardId }, records, undefined, () =>
    Promise.reject(new Error('all of it can be decoded')),
  )
}
