/** A replay with unchanged rules leaves the cells that live consumption left, to the byte, whatever happens to it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgingMap } from '../consumers/aggregator/aging-map.ts'
import type { CellStore } from '../consumers/aggregator/cell-store.ts'
import { type CellKey, minuteRetentionMs } from '../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { type FoldListener, type FoldTask, foldFamily } from '../consumers/replay/fold-family.ts'
import { isKept, withoutExpired } from '../consumers/replay/kept-minutes.ts'
import { toFamilies } from '../consumers/replay/shard-families.ts'
import type { Delivery } from '../stream/event.ts'
import { noon } from './support/events.ts'
import { calm, MemoryStores, stormy, type Weather } from './support/memory.ts'
import { AggregatorWorld } from './support/memory-aggregator.ts'
import { consume, daysOfTraffic, memorySource, resharded } from './support/replayed.ts'
import { seededRandom } from './support/stream.ts'

const dayMs = 86_400_000
/** In the order of arrival, but for some that waited out an outage for hours, over midnight. */
const shards = resharded(redriven(daysOfTraffic(400, 4)))
const wanted = ['2026-03-12', '2026-03-13']
const aSeed = fc.integer({ min: 1, max: 2 ** 31 })
const silent: FoldListener = { onEvents() {}, onPassedOver() {} }

function redriven(deliveries: Delivery[]): Delivery[] {
  const waited = deliveries.filter((_, i) => i % 50 === 0)
  const others = deliveries.filter((_, i) => i % 50 !== 0)
  return others.flatMap((delivery, i) => [delivery, ...(i % 49 === 40 ? waited.splice(0, 1) : [])])
}

function taskOf(different: Partial<FoldTask> = {}): FoldTask {
  const start = Date.parse('2026-03-12T00:00:00Z')
  return {
    generation: 'g1',
    segmentOf: dailySegments(),
    segments: new Set(wanted),
    sites: 'all',
    closedSites: new Set(),
    stretch: { from: start - dayMs, to: start + 2 * dayMs },
    saveEvents: 30,
    ...different,
  }
}

/** Cells of the days asked for, by key without the generation. */
function cellsOf(world: AggregatorWorld, generation: string, sites = ['demo', 'other']): string[] {
  return world.cells
    .dump()
    .filter((line) => wanted.some((day) => line.includes(`#${day}#${generation}#`)))
    .filter((line) => sites.some((site) => line.startsWith(`${site}#`)))
    .map((line) => line.replace(`#${generation}#`, '#'))
}

const live = new AggregatorWorld()
await consume(live.consumer(calm), shards)

class Replay {
  readonly world = new AggregatorWorld()
  readonly #stores = new MemoryStores()

  async run(
    weather: Weather,
    task = taskOf(),
    listener = silent,
    source = memorySource(shards),
    limit = (store: CellStore) => store,
  ) {
    const stores = {
      source,
      cells: limit(this.world.cellStore(weather)),
      checkpoints: this.#stores.checkpoints(weather),
      objects: this.#stores.objects(weather),
    }
    const [family = [], ...others] = toFamilies(await source.shards())
    expect(others).toEqual([])
    return foldFamily(stores, task, family, listener)
  }
}

describe('a replay', () => {
  it('leaves the cells of live consumption to the byte, over a split and a merge', async () => {
    const replay = new Replay()
    const { counts, sites } = await replay.run(calm)
    const cells = cellsOf(replay.world, 'g1')
    expect(cells.length).toBeGreaterThan(100)
    expect(cells).toEqual(cellsOf(live, 'live'))
    expect(counts.accepted).toBe(counts.aggregated + counts.duplicate + counts.filtered)
    expect(counts.accountable).toBe(counts.accepted)
    expect(counts.events).toBeGreaterThan(counts.accepted)
    expect([...sites].sort()).toEqual(['demo', 'other'])
  })

  it('writes cells of the segments asked for alone', async () => {
    const replay = new Replay()
    await replay.run(calm)
    expect(replay.world.cells.dump()).toHaveLength(cellsOf(replay.world, 'g1').length)
  })

  it('counts the minutes that are kept, whole, and no others', async () => {
    const whole = new Replay()
    await whole.run(calm)
    const minutes = whole.world.cells.dump().filter((line) => line.includes('#minute'))
    const startOf = (line: string) => Date.parse(`${/\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(line)?.[0]}Z`)
    const middle = startOf(minutes[Math.floor(minutes.length / 2)] ?? '')
    for (const at of [middle, middle + 1, middle + 59_999]) {
      const startedAt = at + minuteRetentionMs
      const replay = new Replay()
      await replay.run(calm, taskOf(), silent, undefined, (store) => withoutExpired(store, startedAt))
      const kept = minutes.filter((line) =>
        isKept({ granularity: 'minute', start: startOf(line) } as CellKey, startedAt),
      )
      expect(kept.length).toBeGreaterThan(10)
      expect(kept.length).toBeLessThan(minutes.length - 10)
      expect(replay.world.cells.dump().filter((line) => line.includes('#minute'))).toEqual(kept)
    }
  })

  it('writes cells of the sites asked for alone, and the same', async () => {
    const replay = new Replay()
    await replay.run(calm, taskOf({ sites: new Set(['other']) }))
    expect(replay.world.cells.dump()).toHaveLength(cellsOf(replay.world, 'g1').length)
    expect(cellsOf(replay.world, 'g1')).toEqual(cellsOf(live, 'live', ['other']))
  })

  it('ends the same wherever it dies and is taken up again', async () => {
    const undisturbed = new Replay()
    const expected = await undisturbed.run(calm)
    await fc.assert(
      fc.asyncProperty(
        aSeed,
        fc.constantFrom(0.002, 0.02),
        fc.constantFrom(30, 300),
        async (seed, chance, saveEvents) => {
          const replay = new Replay()
          const weather = stormy(chance, seededRandom(seed))
          const task = taskOf({ saveEvents })
          for (let runs = 0; runs < 30; runs++) await replay.run(weather, task).catch(() => {})
          const result = await replay.run(calm, task)
          expect(replay.world.cells.dump()).toEqual(undisturbed.world.cells.dump())
          expect(result).toEqual(expected)
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)

  it('waits for no cell that it has not stored itself', async () => {
    const world = new AggregatorWorld()
    const { cells } = world
    const store = world.cellStore(calm)
    let loads = 0
    const counted = {
      ...store,
      load: (...key: Parameters<typeof store.load>) => {
        loads++
        return store.load(...key)
      },
    }
    const stores = new MemoryStores()
    const source = memorySource(shards)
    const [family = []] = toFamilies(await source.shards())
    const kept = { source, cells: counted, checkpoints: stores.checkpoints(calm), objects: stores.objects(calm) }
    await foldFamily(kept, taskOf(), family, silent)
    expect(cells.dump().length).toBeGreaterThan(100)
    expect(loads).toBe(0)
  })

  it('goes on behind what is saved, and does not begin again', async () => {
    const replay = new Replay()
    const folded: number[] = []
    const listener = { ...silent, onEvents: (events: number) => void folded.push(events) }
    await replay.run(calm, taskOf(), listener)
    const first = folded.length
    const again = await replay.run(calm, taskOf(), listener)
    expect(folded).toHaveLength(first)
    expect(again.counts.events).toBe(folded.reduce((sum, events) => sum + events, 0))
  })

  it('does not go on with a shard whose parents were folded as if they had no children', async () => {
    const replay = new Replay()
    const withoutChild = await replay.run(calm, taskOf(), silent, memorySource(shards.slice(0, 3)))
    const folded: number[] = []
    const listener = { ...silent, onEvents: (events: number) => void folded.push(events) }
    expect(await replay.run(calm, taskOf(), listener, memorySource(shards.slice(0, 3)))).toEqual(withoutChild)
    expect(folded).toEqual([])
    await expect(replay.run(calm)).rejects.toThrow('the replay is to be begun anew')
  })

  it('leaves out a record that the fold fails on, and says which', async () => {
    const spoilt = shards.map((shard) => ({ ...shard, records: [...shard.records] }))
    const source = memorySource(spoilt)
    const passedOver: string[] = []
    const listener: FoldListener = { ...silent, onPassedOver: (_, sequence) => void passedOver.push(sequence) }
    const poisoned = {
      ...source,
      async *read(...args: Parameters<typeof source.read>) {
        for await (const records of source.read(...args))
          yield records.map((record) =>
            record.sequenceNumber === '130' && args[0] === 'shardId-000000000003'
              ? { ...record, deliveries: record.deliveries.map((each) => ({ ...each, events: [null as never] })) }
              : record,
          )
      },
    }
    const { counts } = await new Replay().run(calm, taskOf(), listener, poisoned)
    expect(passedOver).toEqual(['130'])
    expect(counts.passedOver).toBe(1)
  })
})

describe('what the fold forgets', () => {
  it('depends on the time in the stream, not on where somebody began to read it', () => {
    const early = new AgingMap<number>(1000, 100)
    const late = new AgingMap<number>(1000, 100)
    for (let at = noon; at < noon + 10_000; at += 130) {
      early.advance(at)
      if (at > noon + 4400) late.advance(at)
      if (at > noon + 5000 && at < noon + 6500) for (const map of [early, late]) map.set('site', String(at), at)
    }
    const halves = (map: AgingMap<number>) => map.toJson((value) => value).groups
    expect(halves(late)).toEqual(halves(early))
  })
})
