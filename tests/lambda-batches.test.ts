/** In Lambda, whatever the size of the batches, with failures, retries, bisection and cold starts: the same cells. */
import { describe, expect, it } from 'vitest'
import type { StreamRecord } from '../consumers/runtime/consumer.ts'
import type { LambdaHandler } from '../consumers/runtime/lambda.ts'
import { encodeRecord } from '../stream/record.ts'
import { batchOf, instanceOf } from './support/lambda.ts'
import { calm, memoryReader, stormy, type Weather } from './support/memory.ts'
import { AggregatorWorld } from './support/memory-aggregator.ts'
import { dense, seededRandom, traffic } from './support/stream.ts'

const shard = { shardId: 'shardId-000000000000', startingHashKey: '0', parents: [], closed: false }

/** More than one batch of 10,000, most of it sent again and again: events that count once, in records of their own. */
const records = (() => {
  const different = dense(traffic(150))
  const random = seededRandom(1)
  return Array.from({ length: 10_100 }, (_, i): StreamRecord => {
    const newest = Math.min(Math.floor(i / 66), different.length - 1)
    const which = i % 66 === 0 ? newest : Math.floor(random() * (newest + 1))
    const header = {
      producerId: 'fedcba9876543210',
      producerSequence: i,
      traceId: '0'.repeat(32),
      createdAt: different[newest]?.received ?? 0,
      eventCount: 1,
    }
    const data = encodeRecord(header, Buffer.from(JSON.stringify([different[which]])))
    return { sequenceNumber: String(100_000 + i), data, arrivedAt: header.createdAt }
  })
})()

const reader = memoryReader([{ ...shard, records }], calm)

/** Lambda's event source: brings a batch until it is taken, at times to a new instance, at times in halves. */
class EventSource {
  readonly #world: AggregatorWorld
  readonly #weather: Weather
  readonly #random: () => number
  #handler: LambdaHandler
  #invocations = 0
  failures = 0
  coldStarts = 0

  constructor(world: AggregatorWorld, weather: Weather, random: () => number) {
    this.#world = world
    this.#weather = weather
    this.#random = random
    this.#handler = this.#instance()
  }

  async bring(batch: readonly StreamRecord[]): Promise<void> {
    if (this.#invocations++ % 4 === 1) this.#handler = this.#instance()
    const { batchItemFailures } = await this.#handler(batchOf(shard.shardId, batch))
    const failed = batchItemFailures[0]?.itemIdentifier
    // Also what was taken may be brought again.
    if (failed === undefined && this.#random() > 0.1) return
    if (failed !== undefined) this.failures += 1
    const from = batch.findIndex(({ sequenceNumber }) => sequenceNumber === (failed ?? batch[0]?.sequenceNumber))
    const rest = batch.slice(from)
    if (rest.length === 1 || this.#random() < 0.5) return this.bring(rest)
    const middle = rest.length >> 1
    await this.bring(rest.slice(0, middle))
    await this.bring(rest.slice(middle))
  }

  #instance(): LambdaHandler {
    this.coldStarts += 1
    const checkpoints = this.#world.checkpoints(this.#weather)
    return instanceOf({ consumer: this.#world.consumer(this.#weather), reader, checkpoints })
  }
}

describe('the aggregator in Lambda', () => {
  it.each([
    // Failures for each operation of a store: small batches have more operations.
    { size: 1, chance: 0.0005 },
    { size: 100, chance: 0.02 },
    { size: 10_000, chance: 0.05 },
  ])(
    'leaves the same cells in batches of $size',
    async ({ size, chance }) => {
      const undisturbed = new AggregatorWorld()
      const open = await undisturbed.consumer(calm).open(shard)
      await open.handle(records)
      await open.save()
      expect(undisturbed.hourlyEvents()).toBeGreaterThan(100)

      const world = new AggregatorWorld()
      const source = new EventSource(world, stormy(chance, seededRandom(size)), seededRandom(size + 1))
      for (let from = 0; from < records.length; from += size) await source.bring(records.slice(from, from + size))
      expect(source.failures).toBeGreaterThan(0)
      expect(source.coldStarts).toBeGreaterThan(1)
      expect(world.cells.dump()).toEqual(undisturbed.cells.dump())
    },
    240_000,
  )
})
