/** Days that are over are read once, and again when their revision says so. */
import { beforeEach, describe, expect, it } from 'vitest'
import { emptyCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import { utcDay } from '../consumers/aggregator/shapes/cell-key.ts'
import type { RootPart } from '../consumers/aggregator/shapes/cell-parts.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import { mergeCells } from '../dashboard/query/merge.ts'
import type { CellRange } from '../dashboard/query/plan.ts'
import type { View } from '../dashboard/query/view.ts'
import type { StoredCell } from '../dashboard/store/cells.ts'
import { createListings } from '../dashboard/store/listings.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const today = Date.parse('2026-11-23T00:00Z')
const view: View = { version: '1', generationOf: () => 'live' }
const month: CellRange = { granularity: 'day', from: today - 29 * dayMs, to: today + dayMs }

/** Cells of one site by day and by hour, and what was asked of them. */
class World {
  now = today + 10 * hourMs
  readonly revisions = new Map<string, number>()
  readonly pageviews = new Map<number, number>()
  queries: CellRange[] = []
  /** Called as soon as revisions are read. */
  afterRevisions = () => {}
  readonly listings = createListings(
    {
      read: async (_site, ranges, asked, trees) => ranges.flatMap((range) => this.#cells(range, asked, trees)),
      readWhole: async (_site, range, asked, trees) => this.#cells(range, asked, trees),
    },
    async () => {
      const known = new Map(this.revisions)
      this.afterRevisions()
      return (day) => known.get(day) ?? 0
    },
    () => this.now,
  )

  #cells(range: CellRange, { version }: View, trees: readonly RootPart[]): StoredCell[] {
    this.queries.push(range)
    return [...this.pageviews]
      .filter(([start]) => start >= range.from && start < range.to)
      .map(([start, pageviews]) => {
        const cell = emptyCell()
        cell.totals.pageviews = pageviews
        if (trees.includes('d')) figuresOf(cell, 'page', version).pageviews = pageviews
        return { start, cell, version: `${start} ${pageviews}` }
      })
  }

  change(start: number, pageviews: number): void {
    this.pageviews.set(start, pageviews)
    const day = utcDay(start)
    this.revisions.set(day, (this.revisions.get(day) ?? 0) + 1)
  }

  /** Pageviews in all, and by the view under which they were found. */
  async ask({ range = month, by = view, only = ['page'] as Dimension[], whole = false } = {}) {
    this.queries = []
    const cells = await this.listings.read('shop', [range], by, only, whole)
    const { totals, dimensions } = mergeCells(cells, [range.from], only)
    const pages = [...(dimensions.get('page') ?? [])].map(([page, figures]) => [page, figures.pageviews])
    return { pageviews: totals.pageviews, pages: Object.fromEntries(pages) }
  }

  /** Days that were asked for, but for the running one. */
  get daysRead(): number {
    return this.queries.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, today) - from) / dayMs, 0)
  }
}

describe('days that are over', () => {
  let world: World
  beforeEach(() => {
    world = new World()
    for (let day = 0; day < 30; day++) world.change(today - day * dayMs, 10)
  })

  it('are read once, while the running day is read each time', async () => {
    expect(await world.ask()).toEqual({ pageviews: 300, pages: { 1: 300 } })
    expect(world.daysRead).toBe(29)
    world.change(today, 15)
    expect(await world.ask()).toEqual({ pageviews: 305, pages: { 1: 305 } })
    expect(world.queries).toEqual([{ granularity: 'day', from: today, to: today + dayMs }])
  })

  it('are read at once by several who ask at once', async () => {
    const asked = [world.ask(), world.ask({ only: [] }), world.ask({ whole: true })]
    for (const { pageviews } of await Promise.all(asked)) expect(pageviews).toBe(300)
    await Promise.all(asked)
    expect(world.queries.filter(({ from }) => from === month.from).length).toBeLessThanOrEqual(2)
  })

  it('are read again by themselves when they have changed', async () => {
    await world.ask()
    world.change(today - 3 * dayMs, 11)
    expect((await world.ask()).pageviews).toBe(301)
    expect(world.daysRead).toBe(1)
  })

  it('that change between the look at their revisions and theirs are read again', async () => {
    world.afterRevisions = () => {
      world.afterRevisions = () => {}
      world.pageviews.set(today - 3 * dayMs, 12)
    }
    expect((await world.ask()).pageviews).toBe(302)
    // The rest of the same change, and then its revision.
    world.change(today - 3 * dayMs, 13)
    expect((await world.ask()).pageviews).toBe(303)
  })

  it('are read anew when another generation counts', async () => {
    await world.ask()
    expect((await world.ask({ by: { ...view, version: '2' } })).pages).toEqual({ 2: 300 })
    expect(world.daysRead).toBe(29)
  })

  it('are read anew after a day, whatever their revisions say', async () => {
    await world.ask()
    world.pageviews.set(today - 3 * dayMs, 11)
    world.now += 12 * hourMs
    expect((await world.ask()).pageviews).toBe(300)
    world.now += 12 * hourMs + 1
    expect((await world.ask()).pageviews).toBe(301)
  })

  it('count as over a quarter of an hour after their end', async () => {
    const yesterday: CellRange = { granularity: 'day', from: today - dayMs, to: today }
    world.now = today + 14 * 60_000
    await world.ask({ range: yesterday })
    await world.ask({ range: yesterday })
    expect(world.daysRead).toBe(1)
    world.now = today + 15 * 60_000
    await world.ask({ range: yesterday })
    await world.ask({ range: yesterday })
    expect(world.daysRead).toBe(0)
  })

  it('give the same by the hour, in a time zone whose days begin within theirs', async () => {
    for (let hour = 0; hour < 72; hour++) world.change(today - 3 * dayMs + hour * hourMs, 1)
    const range: CellRange = { granularity: 'hour', from: today - 2 * dayMs - hourMs, to: today - hourMs }
    for (const only of [['page'], []] as Dimension[][])
      for (let round = 0; round < 2; round++) expect((await world.ask({ range, only })).pageviews).toBe(48)
    expect(world.queries).toEqual([])
  })

  it('are kept for the part of them that a period has', async () => {
    const range: CellRange = { granularity: 'hour', from: today - 5 * hourMs, to: today - 2 * hourMs }
    world.change(today - 3 * hourMs, 4)
    expect((await world.ask({ range })).pageviews).toBe(4)
    world.pageviews.set(today - 4 * hourMs, 5)
    expect((await world.ask({ range })).pageviews).toBe(4)
    world.change(today - 4 * hourMs, 5)
    expect((await world.ask({ range })).pageviews).toBe(9)
  })

  it('are told apart by bucket for whoever asks for single values', async () => {
    const cells = await world.listings.read('shop', [month], view, ['page'], true)
    const starts = [month.from, today - dayMs]
    const { points } = mergeCells(cells, starts, [], undefined, { dimension: 'page', value: '1' })
    expect(points.map(({ pageviews }) => pageviews)).toEqual([280, 20])
  })
})
