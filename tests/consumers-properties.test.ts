/**
 * Whatever the batches, wherever a consumer dies, in whatever order shards are read, and however many run on one shard:
 * what is left behind is the same, to the byte.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAnomalyDetector } from '../consumers/anomaly-detector/detector.ts'
import { type MinuteCounts, type MinuteKey, noCounts } from '../consumers/anomaly-detector/minutes.ts'
import { type Alert, alertKey } from '../consumers/anomaly-detector/shapes/alert.ts'
import type { Consumer, ShardConsumer } from '../consumers/runtime/consumer.ts'
import type { Delivery } from '../stream/event.ts'
import { aClick, aDelivery, noon } from './support/events.ts'
import { calm, MemoryStores, MemoryTable, stormy, type Weather } from './support/memory.ts'
import { AggregatorWorld } from './support/memory-aggregator.ts'
import { type FullShard, generations, handleNext, resharded, spread, toTheEnd } from './support/shards.ts'
import { dense, seededRandom, traffic } from './support/stream.ts'

/** What a host does with a shard: handles so many records, then goes on, saves, or dies without saving. */
type Step = { batch: number; next: 'go on' | 'save' | 'die' }
const step: fc.Arbitrary<Step> = fc.record({
  batch: fc.integer({ min: 1, max: 40 }),
  next: fc.constantFrom('go on', 'go on', 'save', 'die'),
})
const script = fc.array(step, { maxLength: 12 })
/** For each shard one or two hosts that work on it at the same time. */
const scripts = fc.array(fc.array(script, { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 4 })
const weatherSeed = fc.integer({ min: 1, max: 2 ** 31 })
const failureChance = fc.constantFrom(0, 0.01, 0.1)

class DetectorWorld {
  readonly #stores = new MemoryStores()
  readonly alerts = new Map<string, Alert>()
  readonly minutes = new MemoryTable<MinuteKey, MinuteCounts>(
    ({ site, minute, shardId }) => `${site} ${minute} ${shardId}`,
    (counts) => JSON.stringify(counts),
    (stored) => (stored === undefined ? noCounts() : (JSON.parse(stored) as MinuteCounts)),
  )

  consumer(weather: Weather): Consumer {
    return createAnomalyDetector({
      checkpoints: this.#stores.checkpoints(weather),
      objects: this.#stores.objects(weather),
      minutes: {
        ...this.minutes.store(weather),
        series: (site, from, to) => weather(() => this.#series(site, from, to)),
      },
      alerts: {
        put: (alert) => weather(() => void this.alerts.set(`${alert.site} ${alertKey(alert.at, alert.metric)}`, alert)),
      },
      quarantine: () => Promise.reject(new Error('all of it can be decoded')),
    })
  }

  #series(site: string, from: number, to: number): Map<number, MinuteCounts> {
    const sums = new Map<number, MinuteCounts>()
    for (const [name, counts] of this.minutes.values()) {
      const [of, text] = name.split(' ')
      const minute = Number(text)
      if (of !== site || minute < from || minute >= to) continue
      const sum = sums.get(minute) ?? noCounts()
      sums.set(minute, { pageviews: sum.pageviews + counts.pageviews, clicks: sum.clicks + counts.clicks })
    }
    return sums
  }
}

/** Works on a shard as a host does: what was rejected is thrown away and opened again from the last save. */
async function host(consumer: Consumer, shard: FullShard, steps: readonly Step[]): Promise<void> {
  let open: ShardConsumer | undefined
  for (const { batch, next } of steps) {
    try {
      open ??= await consumer.open(shard)
      await handleNext(open, shard, batch)
      if (next === 'save') await open.save()
      if (next === 'die') open = undefined
    } catch {
      open = undefined
    }
  }
}

/**
 * Five hours of a few clicks a minute, with floods. The first minutes stand alone before a gap, so that it matters
 * where the baseline of a minute begins.
 */
function eventful(): Delivery[] {
  const deliveries: Delivery[] = []
  for (let minute = 0; minute < 300; minute++) {
    if (minute >= 5 && minute < 60) continue
    const clicks = minute === 40 || minute === 150 || minute === 250 ? 40 : 1 + (minute % 3)
    for (let i = 0; i < clicks; i++) {
      const at = noon + minute * 60_000 + i * 1000
      const load = (minute * 100 + i).toString(16).padStart(16, '0')
      deliveries.push(aDelivery({ received: at, visitor: `${i}`.padStart(16, '5'), events: [aClick({ load, at })] }))
    }
  }
  return deliveries
}

describe('the aggregator', () => {
  const shards = resharded(dense(traffic(180)))
  const undisturbed = new AggregatorWorld()

  it('counts every event once when nothing happens', async () => {
    await toTheEnd(undisturbed.consumer(calm), shards)
    const different = new Set(
      traffic(180).flatMap(({ site, events }) => events.map(({ load, n }) => `${site} ${load} ${n}`)),
    )
    expect(undisturbed.hourlyEvents()).toBe(different.size)
  })

  it('leaves the same cells whatever the batches, wherever it dies, with one host or two', async () => {
    await toTheEnd(undisturbed.consumer(calm), shards)
    const expected = undisturbed.cells.dump()
    await fc.assert(
      fc.asyncProperty(scripts, weatherSeed, failureChance, async (hosts, seed, chance) => {
        const world = new AggregatorWorld()
        const weather = stormy(chance, seededRandom(seed))
        for (const generation of generations(shards)) {
          await Promise.all(
            generation.flatMap((shard) =>
              (hosts[shards.indexOf(shard)] ?? []).map((steps) => host(world.consumer(weather), shard, steps)),
            ),
          )
          await toTheEnd(world.consumer(calm), generation)
        }
        expect(world.cells.dump()).toEqual(expected)
        expect(world.ledger.dump()).toEqual(undisturbed.ledger.dump())
      }),
      { numRuns: 200 },
    )
  }, 240_000)

  it('leaves the same cells in whatever order the shards are read', async () => {
    const independent = spread(dense(traffic(160)), 4)
    const reference = new AggregatorWorld()
    await toTheEnd(reference.consumer(calm), independent)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 20 })), { maxLength: 40 }),
        async (turns) => {
          const world = new AggregatorWorld()
          const consumer = world.consumer(calm)
          const open = await Promise.all(independent.map((shard) => consumer.open(shard)))
          for (const [i, batch] of turns) await handleNext(open[i] as ShardConsumer, independent[i] as FullShard, batch)
          for (const [i, shard] of independent.entries()) await handleNext(open[i] as ShardConsumer, shard, Infinity)
          await Promise.all(open.map((shard) => shard.save()))
          expect(world.cells.dump()).toEqual(reference.cells.dump())
        },
      ),
      { numRuns: 100 },
    )
  }, 240_000)
})

describe('the anomaly detector', () => {
  const shards = spread(eventful(), 2)
  const undisturbed = new DetectorWorld()

  it('leaves the same minutes and alerts whatever the batches, wherever it dies, with one host or two', async () => {
    await toTheEnd(undisturbed.consumer(calm), shards, 1000)
    expect(undisturbed.alerts.size).toBe(2)
    await fc.assert(
      fc.asyncProperty(scripts, weatherSeed, failureChance, async (hosts, seed, chance) => {
        const world = new DetectorWorld()
        const weather = stormy(chance, seededRandom(seed))
        // Two processes, each with both shards: what one of them knows of its shards the other does not.
        const processes = [0, 1].map(async (which) => {
          const consumer = world.consumer(weather)
          // As the runner does: a minute is over when all shards are past it, so all of them are taken up first.
          await Promise.allSettled(shards.map((shard) => consumer.open(shard)))
          await Promise.all(shards.map((shard, i) => host(consumer, shard, hosts[i]?.[which] ?? [])))
        })
        await Promise.all(processes)
        await toTheEnd(world.consumer(calm), shards, 1000)
        expect(world.minutes.dump()).toEqual(undisturbed.minutes.dump())
        expect(world.alerts).toEqual(undisturbed.alerts)
      }),
      { numRuns: 100 },
    )
  }, 240_000)
})
