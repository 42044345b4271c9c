/** Shards that hold all they ever will, and the plainest way to work on them. */
import type { Consumer, ShardConsumer, StreamRecord } from '../../consumers/runtime/consumer.ts'
import type { Delivery } from '../../stream/event.ts'
import { encodeRecord } from '../../stream/record.ts'
import { isAfter } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { noon } from './events.ts'

/** A shard with all that it will ever hold; once everything is handled, its children may begin. */
export type FullShard = Shard & { records: StreamRecord[] }

/** A minute is judged ten seconds after its end. */
const longAfter = noon + 24 * 3_600_000

/** @returns whether there was anything left */
export async function handleNext(open: ShardConsumer, { records }: FullShard, batch: number): Promise<boolean> {
  const next = records.filter(({ sequenceNumber }) => isAfter(sequenceNumber, open.position)).slice(0, batch)
  if (next.length > 0) await open.handle(next)
  return next.length > 0
}

/** Everything that is left, in batches of one size, parents before children, without a failure. */
export async function toTheEnd(consumer: Consumer, shards: readonly FullShard[], batch = 25): Promise<void> {
  for (const generation of generations(shards)) {
    const open = await Promise.all(generation.map((shard) => consumer.open(shard)))
    for (const [i, shard] of generation.entries()) while (await handleNext(open[i] as ShardConsumer, shard, batch));
    for (const [i, { closed }] of generation.entries()) {
      if (closed) await open[i]?.end()
      else await open[i]?.caughtUp(longAfter)
      await open[i]?.save()
    }
  }
}

/** Shards whose parents are all in generations before. */
export function generations(shards: readonly FullShard[]): FullShard[][] {
  const rest = new Set(shards)
  const found: FullShard[][] = []
  while (rest.size > 0) {
    const waiting = new Set([...rest].map(({ shardId }) => shardId))
    const generation = [...rest].filter(({ parents }) => !parents.some((parent) => waiting.has(parent)))
    for (const shard of generation) rest.delete(shard)
    found.push(generation)
  }
  return found
}

/** Sequence numbers begin just below a power of ten: longer ones are larger. */
export function shardOf(
  number: number,
  parents: number[],
  closed: boolean,
  deliveries: readonly Delivery[],
): FullShard {
  const name = (shard: number) => `shardId-${String(shard).padStart(12, '0')}`
  const records = deliveries.map((delivery, i): StreamRecord => {
    const header = {
      producerId: `fedcba987654321${number}`,
      producerSequence: i,
      traceId: '0'.repeat(32),
      createdAt: delivery.received,
      eventCount: delivery.events.length,
    }
    const data = encodeRecord(header, Buffer.from(JSON.stringify([delivery])))
    return { sequenceNumber: String(95 + i), data, arrivedAt: delivery.received }
  })
  return { shardId: name(number), startingHashKey: '0', parents: parents.map(name), closed, records }
}

/** The same visitor is on the same shard, as the endpoint sees to it. */
export function spread(deliveries: readonly Delivery[], count: number): FullShard[] {
  return parts(deliveries, count).map((part, i) => shardOf(i, [], false, part))
}

function parts(deliveries: readonly Delivery[], count: number): Delivery[][] {
  const byVisitor = Map.groupBy(deliveries, ({ visitor = '' }) => Number(visitor.at(-1)) % count)
  return Array.from({ length: count }, (_, i) => byVisitor.get(i) ?? [])
}

/** Split, then merged: shard 0 became 1 and 2, and those became 3. */
export function resharded(deliveries: readonly Delivery[]): FullShard[] {
  const third = Math.floor(deliveries.length / 3)
  const [low = [], high = []] = parts(deliveries.slice(third, 2 * third), 2)
  return [
    shardOf(0, [], true, deliveries.slice(0, third)),
    shardOf(1, [0], true, low),
    shardOf(2, [0], true, high),
    shardOf(3, [1, 2], false, deliveries.slice(2 * third)),
  ]
}
