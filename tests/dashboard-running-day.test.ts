/** What is kept of a site adds up to what was counted, whenever somebody writes, saves or looks. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import { type Granularity, utcDay } from '../consumers/aggregator/shapes/cell-key.ts'
import { mergeCells } from '../dashboard/query/merge.ts'
import { type CellRange, planRanges } from '../dashboard/query/plan.ts'
import type { View } from '../dashboard/query/view.ts'
import type { StoredCell } from '../dashboard/store/cells.ts'
import { createListings } from '../dashboard/store/listings.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const begin = Date.parse('2026-10-30T00:00Z')
const view: View = { version: '1', generationOf: () => 'live' }

/** A site, counted as the aggregator does: hours as events come, days and revisions when it saves. */
class World {
  now = begin + 10 * hourMs
  readonly #hours = new Map<number, number>()
  readonly #days = new Map<number, number>()
  readonly #revisions = new Map<string, number>()
  #unsaved = new Set<number>()
  /** Sums at the last save. */
  #saved = new Map<number, number>()
  reads: (CellRange & { at: number })[] = []
  /** What happens while a look is under way. */
  meanwhile: (() => void)[] = []
  readonly listings = createListings(
    {
      read: async (_site, ranges) => {
        const found = ranges.map((range) => this.#look(range))
        await this.#pass()
        return found.flat()
      },
      readWhole: async (_site, range) => {
        const found = this.#look(range)
        await this.#pass()
        return found
      },
    },
    async () => {
      const known = new Map(this.#revisions)
      await this.#pass()
      return (day) => known.get(day) ?? 0
    },
    () => this.now,
  )

  async #pass(): Promise<void> {
    this.meanwhile.shift()?.()
    await Promise.resolve()
  }

  #look(range: CellRange): StoredCell[] {
    this.reads.push({ ...range, at: this.now })
    const { from, to, granularity } = range
    const cells: Partial<Record<Granularity, Map<number, number>>> = { hour: this.#hours, day: this.#days }
    return [...(cells[granularity] ?? [])]
      .filter(([start]) => start >= from && start < to)
      .map(([start, count]) => {
        const cell = emptyCell()
        cell.totals.pageviews = count
        figuresOf(cell, 'page', '/').pageviews = count
        return { start, cell, version: `${granularity} ${start} ${count}` }
      })
  }

  visit(hoursAgo: number, count: number): void {
    const start = Math.floor(this.now / hourMs) * hourMs - hoursAgo * hourMs
    this.#hours.set(start, (this.#hours.get(start) ?? 0) + count)
    this.#unsaved.add(Math.floor(start / dayMs) * dayMs)
  }

  save(): void {
    for (const day of this.#unsaved) {
      this.#days.set(day, sum(this.#hours, day, day + dayMs))
      this.#revisions.set(utcDay(day), (this.#revisions.get(utcDay(day)) ?? 0) + 1)
    }
    this.#unsaved = new Set()
    this.#saved = new Map(this.#hours)
  }

  /** Bounds of a right answer: what is saved shows, and nothing that was not counted does. */
  saved = (from: number, to: number) => sum(this.#saved, from, to)
  counted = (from: number, to: number) => sum(this.#hours, from, to)

  async ask(from: number, to: number): Promise<{ all: number; page: number; chart: number }> {
    const period = { from, to, starts: [from], interval: 'hour', cut: { from: false, to: false } } as const
    const ranges = planRanges({ ...period, starts: [from] }, this.now)
    const [values, chart] = await Promise.all([
      this.listings.read('shop', ranges, view, ['page']),
      this.listings.read('shop', ranges, view, []),
    ])
    const merged = mergeCells(values, [from], ['page'])
    return {
      all: merged.totals.pageviews,
      page: merged.dimensions.get('page')?.get('/')?.pageviews ?? 0,
      chart: mergeCells(chart, [from], []).totals.pageviews,
    }
  }
}

function sum(hours: ReadonlyMap<number, number>, from: number, to: number): number {
  return [...hours].reduce((all, [start, count]) => (start >= from && start < to ? all + count : all), 0)
}

type Act = { kind: 'visit'; hoursAgo: number; count: number } | { kind: 'save' } | { kind: 'pass'; minutes: number }
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('visit'), hoursAgo: fc.nat(60), count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('save') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass'), minutes: fc.nat(700) }) },
)
/** What happens, then a look at the last days, from some hour on, and what happens during that. */
const step = fc.record({
  before: fc.array(act, { maxLength: 4 }),
  hours: fc.integer({ min: 1, max: 80 }),
  during: fc.array(act, { maxLength: 4 }),
})

function run(world: World, acts: readonly Act[]): void {
  for (const each of acts) {
    if (each.kind === 'visit') world.visit(each.hoursAgo, each.count)
    else if (each.kind === 'save') world.save()
    else world.now += each.minutes * 60_000
  }
}

describe('what is kept of a site', () => {
  it('adds up to what was counted, and to no less than what was saved, whatever happens meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const world = new World()
        for (const { before, hours, during } of steps) {
          run(world, before)
          const to = Math.ceil(world.now / dayMs) * dayMs
          const from = to - hours * hourMs
          const least = world.saved(from, to)
          world.meanwhile = during.filter(({ kind }) => kind !== 'pass').map((each) => () => run(world, [each]))
          const answer = await world.ask(from, to)
          for (const figure of Object.values(answer)) {
            expect(figure).toBeGreaterThanOrEqual(least)
            expect(figure).toBeLessThanOrEqual(world.counted(from, to))
          }
          world.meanwhile = []
          // Once all is saved, nothing of what was kept before is left.
          world.save()
          const exact = world.counted(from, to)
          expect(await world.ask(from, to)).toEqual({ all: exact, page: exact, chart: exact })
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is all but the last hours of a running day, until it is saved again', async () => {
    const world = new World()
    for (let hour = 0; hour <= 10; hour++) world.visit(hour, 1)
    world.save()
    await world.ask(begin, begin + dayMs)
    world.reads = []
    world.visit(9, 1)
    world.visit(0, 1)
    expect(await world.ask(begin, begin + dayMs)).toEqual({ all: 12, page: 12, chart: 12 })
    expect(world.reads.map(({ from, to }) => [from - begin, to - begin])).toEqual([
      [8 * hourMs, dayMs],
      [8 * hourMs, dayMs],
    ])
    world.save()
    expect(await world.ask(begin, begin + dayMs)).toEqual({ all: 13, page: 13, chart: 13 })
  })
})
