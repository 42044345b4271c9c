/** Cells hold each delta once, however it was batched, whatever failed, and however much there is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CellBook } from '../consumers/aggregator/cell-book.ts'
import type { CellStore } from '../consumers/aggregator/cell-store.ts'
import type { Delta } from '../consumers/aggregator/delta.ts'
import { DimensionValue, SharedValues } from '../consumers/aggregator/dimension-value.ts'
import {
  type Cell,
  counts,
  decodeCell,
  emptyCell,
  encodeCell,
  figuresOf,
  mergeCell,
  tallyOf,
} from '../consumers/aggregator/shapes/cell.ts'
import { granularityMs, liveGeneration, utcDay } from '../consumers/aggregator/shapes/cell-key.ts'
import { isFull, reservedBytes } from '../consumers/aggregator/shapes/cell-parts.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { createMemoryCells, type MemoryCells } from '../local/bench-aggregate/memory-cells.ts'
import { limits } from '../stream/limits.ts'
import { applyDelta } from './support/cells.ts'
import { noon } from './support/events.ts'
import { seededRandom } from './support/stream.ts'

type Batch = { sequence: string; deltas: Delta[] }

const segmentOf = dailySegments()

const aDelta = (values: DimensionValue[], visitor: number, at = noon): Delta => ({
  site: 'demo',
  at,
  received: at,
  segment: segmentOf(at),
  add: tallyOf({ events: 1, pageviews: 1 }),
  visitor,
  values,
  shared: countries[visitor % countries.length],
  visitorIsKnown: false,
  outsideTotals: false,
  beside: [],
  visit: undefined,
})

/** Made once, as the fold makes them. */
const countries = ['0', '1', '2'].map((name) => new SharedValues([[new DimensionValue('country', name)]]))

/** As many records as there are batches of deltas, a second apart. */
const records = (deltas: Delta[], size: number): Batch[] =>
  Array.from({ length: Math.ceil(deltas.length / size) }, (_, i) => ({
    sequence: String(1000 + i),
    deltas: deltas.slice(i * size, (i + 1) * size),
  }))

const dump = (cells: MemoryCells) =>
  [...cells.items].map(([name, { data }]) => `${name} ${data.toString('base64')}`).sort()

/** Made once, as the fold makes them. */
const pages = Array.from({ length: 20 }, (_, i) => new DimensionValue('entry', `/${i}`))

/** All parts of the cells of one granularity, added up as a reader does. */
function sum(cells: MemoryCells, granularity: string): Cell {
  const whole = emptyCell()
  for (const [name, { data }] of cells.items)
    if (name.startsWith(`demo#${granularity} `)) mergeCell(whole, decodeCell(data))
  return whole
}

const place = { shardId: 'shardId-0', generation: liveGeneration }
let clock = 0
/** Every other flush writes the values of hours. */
const pace = { breakdownDelayMs: 2, now: () => clock++ }

/** Folds records in batches, saving and failing at random; a failure goes back to the last save, as a crash does. */
async function run(
  cells: CellStore,
  all: Batch[],
  random: () => number,
  chance: number,
  checkpoint = { saved: 0 },
): Promise<void> {
  const failing: CellStore = {
    async load(key) {
      if (random() < chance) throw new Error('failed')
      return cells.load(key)
    },
    async replace(key, seen, sequence) {
      if (random() < chance) throw new Error('failed before')
      const replaced = await cells.replace(key, seen, sequence)
      if (random() < chance) throw new Error('failed after')
      return replaced
    },
    async reviseDays(site, days) {
      if (random() < chance) throw new Error('failed before')
      await cells.reviseDays(site, days)
      if (random() < chance) throw new Error('failed after')
    },
  }
  let position = checkpoint.saved
  let book = new CellBook(failing, place, pace)
  while (checkpoint.saved < all.length) {
    const size = 1 + Math.floor(random() * 5)
    try {
      for (const { sequence, deltas } of all.slice(position, position + size)) {
        for (const delta of deltas) book.add(sequence, delta)
        await book.endRecord()
      }
      await book.flush()
      position = Math.min(all.length, position + size)
      if (random() < 0.3 || position === all.length) {
        await book.flushAll()
        checkpoint.saved = Math.max(checkpoint.saved, position)
      }
    } catch {
      book = new CellBook(failing, place, pace)
      position = checkpoint.saved
    }
  }
}

/** Operations of others come before or after each of these, in any order. */
function slowed(cells: CellStore, random: () => number): CellStore {
  const moment = async () => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await undefined
  }
  return {
    async load(key) {
      await moment()
      return cells.load(key)
    },
    async replace(...change) {
      await moment()
      const replaced = await cells.replace(...change)
      await moment()
      return replaced
    },
    async reviseDays(...days) {
      await moment()
      await cells.reviseDays(...days)
      await moment()
    },
  }
}

const days = [noon, noon + granularityMs.day].map(utcDay)
const isOf = (name: string, day: string) => name.includes(` ${day}`)
const dumpDay = (cells: MemoryCells, day: string) => dump(cells).filter((line) => isOf(line, day))

type KeptDay = { day: string; revision: number | undefined; found: string[] }

/** Reads days again and again, an item at a time, and keeps what it finds under the revision that it knew before. */
async function readUntil(isOver: () => boolean, cells: MemoryCells, random: () => number): Promise<KeptDay[]> {
  const kept: KeptDay[] = []
  while (!isOver())
    for (const day of days) {
      const revision = cells.revisions.get(`demo ${day}`)
      const found: string[] = []
      for (const name of [...cells.items.keys()].filter((each) => isOf(each, day))) {
        if (random() < 0.2) await undefined
        found.push(`${name} ${cells.items.get(name)?.data.toString('base64')}`)
      }
      await undefined
      kept.push({ day, revision, found: found.sort() })
    }
  return kept
}

describe('cells', () => {
  it('are the same bytes in any batching, with any failures', async () => {
    const pages = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 9 })), { minLength: 100, maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(pages, fc.integer(), async (visits, seed) => {
        const deltas = visits.map(([page, visitor], i) =>
          aDelta([new DimensionValue('page', `/${page}`)], visitor, noon + i * 20_000),
        )
        const all = records(deltas, 3)
        const [plain, disturbed] = [createMemoryCells(), createMemoryCells()]
        await run(plain, all, () => 0.99, 0)
        await run(disturbed, all, seededRandom(seed), 0.01)
        expect(dump(disturbed)).toEqual(dump(plain))
        const expected = emptyCell()
        for (const delta of deltas) applyDelta(expected, delta)
        expect(sum(disturbed, 'hour')).toEqual(expected)
        expect(sum(disturbed, 'day')).toEqual(expected)
      }),
      { numRuns: 15 },
    )
  })

  it('are the same bytes when several write them side by side, each with failures of its own', async () => {
    const clicks = fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 9 })), { minLength: 100, maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(clicks, fc.integer(), async (all, seed) => {
        const deltas = all.map(([page, visitor], i) =>
          aDelta(
            [pages[page % pages.length] as DimensionValue, new DimensionValue('page', `/${page}`)],
            visitor,
            noon + i * 20_000,
          ),
        )
        const [plain, shared] = [createMemoryCells(), createMemoryCells()]
        await run(plain, records(deltas, 2), () => 0.99, 0)
        await Promise.all([1, 2, 3].map((i) => run(shared, records(deltas, 2), seededRandom(seed + i), 0.005)))
        expect(dump(shared)).toEqual(dump(plain))
      }),
      { numRuns: 15 },
    )
  })

  it('that another has brought further are taken over, and what they hold is not added again with what follows', async () => {
    const all = records(
      Array.from({ length: 4 }, (_, i) => aDelta([new DimensionValue('page', `/${i % 2}`)], i)),
      1,
    )
    const bring = async (book: CellBook, some: Batch[]) => {
      for (const { sequence, deltas } of some) {
        for (const delta of deltas) book.add(sequence, delta)
        await book.endRecord()
      }
      await book.flushAll()
    }
    const [plain, shared] = [createMemoryCells(), createMemoryCells()]
    await run(plain, all, () => 0.99, 0)
    const [behind, ahead] = [new CellBook(shared, place, pace), new CellBook(shared, place, pace)]
    await bring(behind, all.slice(0, 1))
    await bring(ahead, all.slice(0, 3))
    // It loses the race for its second record, and takes over what goes up to the third.
    await bring(behind, all.slice(1, 2))
    await bring(behind, all.slice(2))
    expect(dump(shared)).toEqual(dump(plain))
  })

  it('have days whose revisions say when to read them again, whoever writes them and fails at whatever moment', async () => {
    const clicks = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 9 })), { minLength: 40, maxLength: 120 })
    await fc.assert(
      fc.asyncProperty(clicks, fc.integer(), async (all, seed) => {
        // Two days, and now and then a click that belongs to the first comes late.
        const deltas = all.map(([page, visitor], i) =>
          aDelta([new DimensionValue('page', `/${page}`)], visitor, noon + (visitor === 0 ? 0 : i * 600_000)),
        )
        const cells = createMemoryCells()
        const random = seededRandom(seed)
        const slow = slowed(cells, random)
        const checkpoint = { saved: 0 }
        const writers = [1, 2].map((i) => run(slow, records(deltas, 2), seededRandom(seed + i), 0.01, checkpoint))
        let isOver = false
        const reading = Array.from({ length: 8 }, () => readUntil(() => isOver, cells, random))
        await Promise.all(writers).finally(() => {
          isOver = true
        })
        for (const kept of (await Promise.all(reading)).flat()) {
          const isCurrent = kept.revision === cells.revisions.get(`demo ${kept.day}`)
          if (isCurrent) expect(kept.found).toEqual(dumpDay(cells, kept.day))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('of 100,000 values are exact, and no item outgrows DynamoDB', async () => {
    const count = 100_000
    const deltas = Array.from({ length: count }, (_, i) =>
      aDelta([new DimensionValue('property', `signup\u0000reference\u0000${i} ${'é'.repeat(i % 90)}`)], i),
    )
    const cells = createMemoryCells()
    await run(cells, records(deltas, 5000), seededRandom(7), 0.0005)
    expect(cells.counts.largestItemBytes).toBeLessThan(limits.itemBytes)
    const { totals, dimensions } = sum(cells, 'hour')
    expect(totals.events).toBe(count)
    expect(dimensions.get('property')?.size).toBe(count)
    expect([...(dimensions.get('property')?.values() ?? [])].every(({ events }) => events === 1)).toBe(true)
  }, 60_000)

  it.each([600, 3000, 30_000])('stay below the limit when every value of a part has had %i visitors', (visitors) => {
    const random = seededRandom(visitors)
    const part = emptyCell()
    while (!isFull('d', reservedBytes(part))) {
      const figures = figuresOf(part, 'page', `/${random()}`)
      for (const count of counts) figures[count] = Math.floor(random() * 2 ** 40)
      for (let i = 0; i < visitors; i++) figures.visitors.add(Math.floor(random() * 2 ** 32))
    }
    // The rest is for the key.
    expect(encodeCell(part).length).toBeLessThan(limits.itemBytes - 4096)
  })
})
