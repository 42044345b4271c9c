/** Whatever the batches, whoever dies where, and however many judge at once: the same minutes are closed, and the same incidents told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handledThrough } from '../consumers/anomaly-detector/judge/through.ts'
import type { Delivery } from '../stream/event.ts'
import { aClick, aDelivery, noon } from './support/events.ts'
import { failureChance, host, scripts, weatherSeed } from './support/hosts.ts'
import { calm, memoryReader, stormy } from './support/memory.ts'
import { DetectorWorld } from './support/memory-detector.ts'
import { type FullShard, handleNext, spread, toTheEnd } from './support/shards.ts'
import { seededRandom } from './support/stream.ts'

const minuteMs = 60_000
const end = noon + 270 * minuteMs
/** Long enough for everything to be over. */
const after = end + minuteMs

/** Some clicks a minute, with two floods, and a quarter of an hour without any. */
function eventful(): Delivery[] {
  const deliveries: Delivery[] = []
  for (let minute = 0; minute < 270; minute++) {
    if (minute >= 240 && minute < 255) continue
    const isFlood = (minute >= 150 && minute < 153) || (minute >= 200 && minute < 204)
    for (let i = 0; i < (isFlood ? 60 : 1 + (minute % 3)); i++) {
      const at = noon + minute * minuteMs + i * 900
      const load = (minute * 100 + i).toString(16).padStart(16, '0')
      deliveries.push(aDelivery({ received: at, visitor: `${i}`.padStart(16, '5'), events: [aClick({ load, at })] }))
    }
  }
  return deliveries
}

const shards = spread(eventful(), 2)

const sorted = <T>(map: ReadonlyMap<string, T>) => new Map([...map].sort())

function left({ minutes, judged, incidents, told }: DetectorWorld) {
  return { minutes: minutes.dump(), judged: sorted(judged), incidents: sorted(incidents), told: sorted(told) }
}

async function undisturbed(): Promise<DetectorWorld> {
  const world = new DetectorWorld()
  await toTheEnd(world.consumer(calm), shards, 1000)
  expect(await world.judge(calm, shards, after).round()).toEqual({ until: end, faults: [] })
  return world
}

describe('the anomaly detector and its judge', () => {
  it('close every minute once, from the first to the last, and tell each flood once', async () => {
    const { judged, incidents, told: events } = await undisturbed()
    expect(judged.size).toBe(270)
    expect([...events].map(([name, json]) => [name.split(' ').at(-1), JSON.parse(json).end === undefined])).toEqual([
      ['opened', true],
      ['ended', false],
      ['opened', true],
      ['ended', false],
    ])
    const told = [...incidents.values()].map(({ json }) => JSON.parse(json))
    expect(told.map(({ at, end }) => [(at - noon) / minuteMs, (end - noon) / minuteMs])).toEqual([
      [150, 153],
      [200, 204],
    ])
  })

  it('leave the same, wherever they die, with two of each at work', async () => {
    const expected = left(await undisturbed())
    await fc.assert(
      fc.asyncProperty(scripts, weatherSeed, failureChance, async (hosts, seed, chance) => {
        const world = new DetectorWorld()
        const random = seededRandom(seed)
        const weather = stormy(chance, random)
        // Each process has both shards, and a judge that looks while they are at work, and dies now and then.
        const processes = [0, 1].map(async (which) => {
          const consumer = world.consumer(weather)
          const consuming = Promise.all(shards.map((shard, i) => host(consumer, shard, hosts[i]?.[which] ?? [])))
          let judge = world.judge(weather, shards, after)
          for (let rounds = 0; rounds < 8; rounds++) {
            await judge.round().catch(() => undefined)
            if (random() < 0.3) judge = world.judge(weather, shards, after)
          }
          await consuming
        })
        await Promise.all(processes)
        await toTheEnd(world.consumer(calm), shards, 1000)
        await world.judge(calm, shards, after).round()
        expect(left(world)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  }, 240_000)

  it('tell the same whenever the judge looks', async () => {
    const expected = left(await undisturbed())
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 1, max: 150 }), fc.boolean()), { maxLength: 12 }),
        async (turns) => {
          const world = new DetectorWorld()
          const consumer = world.consumer(calm)
          const open = await Promise.all(shards.map((shard) => consumer.open(shard)))
          let judge = world.judge(calm, shards, after)
          for (const [i, batch, isNew] of turns) {
            await handleNext(open[i] as (typeof open)[number], shards[i] as FullShard, batch)
            await open[i]?.save()
            if (isNew) judge = world.judge(calm, shards, after)
            await judge.round()
          }
          await toTheEnd(world.consumer(calm), shards, 1000)
          await judge.round()
          expect(left(world)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  }, 240_000)
})

describe('how far all shards are', () => {
  const through = (world: DetectorWorld, over: readonly FullShard[]) =>
    handledThrough({
      reader: memoryReader(over, calm),
      checkpoints: world.stores.checkpoints(calm),
      now: () => after,
    })
  const made = (shard: FullShard | undefined, i: number) => shard?.records[i]?.arrivedAt ?? 0

  it('is when the next record of the slowest was made, and now once nothing is left', async () => {
    const world = new DetectorWorld()
    const [one, other] = shards
    expect(await through(world, shards)).toBe(Math.min(made(one, 0), made(other, 0)))
    const consumer = world.consumer(calm)
    await toTheEnd(consumer, [one as FullShard], 1000)
    expect(await through(world, shards)).toBe(made(other, 0))
    const open = await consumer.open(other as FullShard)
    await handleNext(open, other as FullShard, 7)
    // What is not saved may be lost with its process.
    expect(await through(world, shards)).toBe(made(other, 0))
    await open.save()
    expect(await through(world, shards)).toBe(made(other, 7))
    await toTheEnd(consumer, [other as FullShard], 1000)
    expect(await through(world, shards)).toBe(after)
  })

  it('does not wait for a shard that is closed and handled, but for its children', async () => {
    const world = new DetectorWorld()
    const [parent] = shards
    const closed = { ...(parent as FullShard), closed: true }
    await toTheEnd(world.consumer(calm), [closed], 1000)
    const child: FullShard = { ...(shards[1] as FullShard), shardId: 'shardId-9', parents: [closed.shardId] }
    expect(await through(world, [closed, child])).toBe(made(child, 0))
    expect(await through(world, [closed, { ...child, records: [] }])).toBe(after)
  })
})
