/**
 * Whatever the batches, wherever a consumer dies, in whatever order shards are read, and however many run on one shard:
 * what is left behind is the same, to the byte.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShardConsumer } from '../consumers/runtime/consumer.ts'
import { failureChance, host, scripts, weatherSeed } from './support/hosts.ts'
import { calm, stormy } from './support/memory.ts'
import { AggregatorWorld } from './support/memory-aggregator.ts'
import { type FullShard, generations, handleNext, resharded, spread, toTheEnd } from './support/shards.ts'
import { dense, seededRandom, traffic } from './support/stream.ts'

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
