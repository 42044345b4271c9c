/** The aggregator as Lambda functions over stores in memory, and a stream that they are brought. */
import type { Consumer, StreamRecord } from '../../consumers/runtime/consumer.ts'
import type { LambdaHandler, LambdaOptions } from '../../consumers/runtime/lambda.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { aRecord, noon } from './events.ts'
import { batchOf, instanceOf, onSchedule } from './lambda.ts'
import { calm, memoryReader, type Weather } from './memory.ts'
import { AggregatorWorld } from './memory-aggregator.ts'
import { traffic } from './stream.ts'

export type FullShard = Shard & { records: StreamRecord[] }

export const saveIntervalMs = 60_000
/** Longer than the schedule waits for somebody to go on with a shard. */
export const silenceMs = 31_000

/** 250 events a second around a full hour: between most batches, what figures are broken down by waits to be written. */
export const all = traffic(240).map(({ sentAt = 0, ...delivery }, i): StreamRecord => {
  const moved = (at: number) => Math.round(noon + 3_600_000 - 480 + (at - noon) / 5000)
  const received = moved(delivery.received)
  const events = delivery.events.map((event) => ({ ...event, at: moved(event.at) }))
  return {
    sequenceNumber: String(1000 + i),
    data: aRecord([{ ...delivery, received, sentAt: moved(sentAt), events }], {
      producerId: 'fedcba9876543210',
      producerSequence: i,
    }),
    arrivedAt: received,
  }
})
export const shardOf = (shardId: string, records: StreamRecord[], parents: string[] = []): FullShard => ({
  ...{ shardId, records, parents },
  ...{ startingHashKey: '0', closed: false },
})
export const only = shardOf('shardId-000000000000', all)

/** What is left when every shard is handled in one go, parents first. */
export async function undisturbed(shards: readonly FullShard[]): Promise<string[]> {
  const world = new AggregatorWorld()
  for (const shard of shards) {
    const open = await world.consumer(calm).open(shard)
    await open.handle(shard.records)
    await open.save()
  }
  return world.cells.dump()
}

/** A function over one world; its instances share the clock and the stores, as they do in AWS. */
export class LambdaWorld {
  readonly world = new AggregatorWorld()
  readonly #shards: readonly FullShard[]
  readonly #weather: Weather
  now = 1_000_000

  constructor(shards: readonly FullShard[], weather: Weather = calm) {
    this.#shards = shards
    this.#weather = weather
  }

  instance(change: (consumer: Consumer) => Consumer = (consumer) => consumer, different: Partial<LambdaOptions> = {}) {
    return instanceOf({
      consumer: change(this.world.consumer(this.#weather)),
      reader: memoryReader(this.#shards, this.#weather, 7),
      checkpoints: this.world.checkpoints(this.#weather),
      saveIntervalMs,
      now: () => this.now,
      pause: async () => {},
      ...different,
    })
  }

  checkpoint(shardId = only.shardId) {
    return this.world.checkpoints(calm).find('aggregator', shardId)
  }
}

export const succeeded = { batchItemFailures: [] }

/** Brings a batch until it is taken. */
export async function bring(
  handler: () => LambdaHandler,
  shardId: string,
  batch: readonly StreamRecord[],
): Promise<void> {
  while (true) {
    const { batchItemFailures } = await handler()(batchOf(shardId, batch))
    if (batchItemFailures.length === 0) return
  }
}

/** Calls by schedule until one has nothing to complain of. */
export async function settle(handler: LambdaHandler): Promise<void> {
  while (true) {
    const settled = await handler(onSchedule).then(
      () => true,
      () => false,
    )
    if (settled) return
  }
}
