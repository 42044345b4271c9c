/**
 * A cut that is made while consumers run divides the cells exactly at its time, by when events were received: whatever
 * the batches, wherever a consumer dies, with two on each shard, and with clocks that differ.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCutStore, minCutAheadMs } from '../consumers/aggregator/cuts.ts'
import { KnownSegments } from '../consumers/aggregator/known-segments.ts'
import { compileRules, usualRules } from '../consumers/aggregator/rules/rules.ts'
import type { ShardConsumer } from '../consumers/runtime/consumer.ts'
import { StoreFault } from '../consumers/runtime/faults.ts'
import { noon } from './support/events.ts'
import { calm, stormy } from './support/memory.ts'
import { AggregatorWorld } from './support/memory-aggregator.ts'
import { type FullShard, handleNext, spread, toTheEnd } from './support/shards.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dense, freshEnvironment, seededRandom, traffic } from './support/stream.ts'

/** What the cut cannot do without: consumers have it within 5 s, and clocks differ by less than the other ten. */
const clockSkew = fc.oneof(fc.constant(9999), fc.integer({ min: -9999, max: 9999 }))

/** What one host does with one shard at one moment. */
const action = fc.record({
  shard: fc.integer({ min: 0, max: 1 }),
  batch: fc.integer({ min: 1, max: 40 }),
  next: fc.constantFrom('go on', 'go on', 'save', 'die'),
})
type Action = { shard: number; batch: number; next: string }
/** Time goes on, and then both hosts do something at once. */
const moment = fc.record({
  advanceMs: fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 6000 }) }, fc.nat({ max: 60_000 })),
  actions: fc.tuple(action, action),
})

const shards = spread(dense(traffic(180)), 2)
const firstAt = Math.min(...shards.flatMap(({ records }) => records.map(({ arrivedAt }) => arrivedAt)))

class Host {
  readonly #world: AggregatorWorld
  readonly #open: (ShardConsumer | undefined)[] = []
  readonly #consumer

  constructor(world: AggregatorWorld, weather: Parameters<AggregatorWorld['consumer']>[0], now: () => number) {
    this.#world = world
    this.#consumer = this.#world.consumer(weather, now)
  }

  /** @param received what is received later is not in the stream yet */
  async act({ shard, batch, next }: Action, received: number): Promise<void> {
    const { records, ...rest } = shards[shard] as FullShard
    const arrived = { ...rest, records: records.filter(({ arrivedAt }) => arrivedAt <= received) }
    try {
      this.#open[shard] ??= await this.#consumer.open(arrived)
      await handleNext(this.#open[shard] as ShardConsumer, arrived, batch)
      if (next === 'save') await this.#open[shard]?.save()
      if (next === 'die') this.#open[shard] = undefined
    } catch {
      this.#open[shard] = undefined
    }
  }
}

describe('a cut', () => {
  it('divides the cells at its time when it is made while consumers run and die', async () => {
    let divided = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { minLength: 12, maxLength: 25, size: 'max' }),
        fc.nat({ max: 11 }),
        fc.oneof(fc.constant(0), fc.nat({ max: 30_000 })),
        clockSkew,
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(0, 0.01, 0.1),
        async (moments, cutAt, extraMs, endpointAheadMs, seed, chance) => {
          const world = new AggregatorWorld()
          const weather = stormy(chance, seededRandom(seed))
          let clock = firstAt - endpointAheadMs
          const hosts = [0, 1].map((i) => new Host(world, weather, () => clock + i * 1e6))
          for (const [i, { advanceMs, actions }] of moments.entries()) {
            clock += advanceMs
            const working = hosts.map((host, which) => host.act(actions[which] as Action, clock + endpointAheadMs))
            if (i === cutAt) {
              world.cuts = { revision: 1, cuts: [{ at: clock + minCutAheadMs + extraMs }] }
            }
            await Promise.all(working)
          }
          await toTheEnd(world.consumer(calm), shards)

          const knowing = new AggregatorWorld()
          knowing.cuts = world.cuts
          await toTheEnd(knowing.consumer(calm), shards)
          expect(world.cells.dump()).toEqual(knowing.cells.dump())
          expect(world.ledger.dump()).toEqual(knowing.ledger.dump())
          if (world.cells.dump().some((cell) => cell.includes('#2026-03-10.1#'))) divided++
        },
      ),
      { numRuns: 120 },
    )
    expect(divided).toBeGreaterThan(30)
  }, 240_000)

  it('leaves every event on its side', async () => {
    const at = noon + 60 * 60_000
    const world = new AggregatorWorld()
    const whole = new AggregatorWorld()
    world.cuts = { revision: 1, cuts: [{ at }] }
    await toTheEnd(world.consumer(calm), shards)
    await toTheEnd(whole.consumer(calm), shards)
    const eventsIn = (of: AggregatorWorld, segment: string) =>
      of.cells
        .values()
        .filter(([name]) => name.includes('#day ') && name.includes(`#${segment}#`))
        .reduce((sum, [, { totals }]) => sum + totals.events, 0)
    const before = new Set<string>()
    const behind = new Set<string>()
    for (const { site, received, events } of dense(traffic(180)))
      for (const { load, n } of events) {
        const name = `${site} ${load} ${n}`
        if (received < at) before.add(name)
        else if (!before.has(name)) behind.add(name)
      }
    expect(behind.size).toBeGreaterThan(20)
    expect([eventsIn(world, '2026-03-10'), eventsIn(world, '2026-03-10.1')]).toEqual([before.size, behind.size])
    expect(eventsIn(whole, '2026-03-10')).toBe(before.size + behind.size)
  })
})

describe('known segments', () => {
  const noRules = { get: (version: string) => Promise.reject(new Error(`there are no rules ${version}`)) }

  it('have the rules that the last cut before them names, and wait for those that cannot be read', async () => {
    const compiled = compileRules({ all: { visitTimeoutMinutes: 5 } })
    if (!compiled.ok) throw new Error(compiled.problems.join())
    const { rules } = compiled
    let isThere = false
    const cuts = [{ at: noon, rules: rules.version }, { at: noon + 1000 }]
    const get = async () => (isThere ? rules : noRules.get(rules.version))
    const segments = new KnownSegments({ load: async () => ({ revision: 1, cuts }) }, { get }, () => 0)
    await expect(segments.current()).rejects.toBeInstanceOf(StoreFault)
    isThere = true
    const segmentOf = await segments.current()
    expect([noon - 1, noon, noon + 1000].map((at) => segmentOf(at).rules?.version)).toEqual([
      usualRules.version,
      rules.version,
      rules.version,
    ])
  })

  it('are read again after five seconds, and when the clock was set back', async () => {
    let clock = 1_000_000
    let reads = 0
    const cuts = { load: async () => ({ revision: ++reads, cuts: [{ at: noon }] }) }
    const segments = new KnownSegments(cuts, noRules, () => clock)
    await Promise.all([segments.current(), segments.current()])
    clock += 4999
    await segments.current()
    expect(reads).toBe(1)
    clock += 1
    expect((await segments.current())(noon).name).toBe('2026-03-10.1')
    expect(reads).toBe(2)
    clock -= 1
    await segments.current()
    expect(reads).toBe(3)
  })

  it('stop the consumer with a fault of the store when they cannot be read', async () => {
    let fails = false
    let clock = 0
    const load = async () => {
      if (fails) throw new Error('the table is away')
      return { revision: 0, cuts: [] }
    }
    const segments = new KnownSegments({ load }, noRules, () => clock)
    await segments.current()
    fails = true
    await segments.current()
    clock += 5000
    await expect(segments.current()).rejects.toBeInstanceOf(StoreFault)
    fails = false
    await segments.current()
  })
})

describe('the table of cuts', () => {
  let stores: TestStores
  beforeAll(async () => {
    stores = await startStores()
  })
  afterAll(() => stores.close())

  it('takes cuts that lie fifteen seconds ahead, in order, and keeps all that are made at once', async () => {
    const environment = await freshEnvironment('cuts')
    const store = createCutStore(environment.clients.dynamo, environment.table('control'))
    expect(await store.load()).toEqual({ revision: 0, cuts: [] })
    expect(await store.make({ at: noon + 14_999 }, noon)).toEqual({ outcome: 'too_soon', earliest: noon + 15_000 })
    const made = await Promise.all(
      [5, 2, 4, 1, 3].map((i) => store.make({ at: noon + 15_000 + i, ...(i === 2 && { rules: 'a1' }) }, noon)),
    )
    expect(made.map(({ outcome }) => outcome)).toEqual(Array(5).fill('made'))
    expect(await store.make({ at: noon + 15_002 }, noon)).toEqual({
      outcome: 'exists',
      cut: { at: noon + 15_002, rules: 'a1' },
    })
    const { revision, cuts } = await store.load()
    expect(revision).toBe(5)
    expect(cuts.map(({ at }) => at - noon - 15_000)).toEqual([1, 2, 3, 4, 5])
  })
})
