/** What a replay reports: which cells differ, and what that means in figures. */
import { describe, expect, it } from 'vitest'
import { type Cell, emptyCell, encodeCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import type { CellKey } from '../consumers/aggregator/shapes/cell-key.ts'
import { SiteComparison, type StoredCell } from '../consumers/replay/compare.ts'
import { isKept } from '../consumers/replay/kept-minutes.ts'

const day = Date.parse('2026-03-10T00:00:00Z')
const hourMs = 3_600_000

function stored(generation: string, different: Partial<CellKey>, change: (cell: Cell) => void): StoredCell {
  const cell = emptyCell()
  change(cell)
  const key: CellKey = {
    site: 'demo',
    granularity: 'day',
    start: day,
    segment: '2026-03-10',
    generation,
    shardId: 'shardId-000000000000',
    ...different,
  }
  return { key, data: encodeCell(cell) }
}

const totals = (pageviews: number, visits: number, bounces: number, visitors: number[]) => (cell: Cell) => {
  Object.assign(cell.totals, { pageviews, events: pageviews, visits, bounces, visitMs: visits * 4000 })
  for (const visitor of visitors) cell.totals.visitors.add(visitor)
}
const pages = (counts: Record<string, number>) => (cell: Cell) => {
  for (const [page, pageviews] of Object.entries(counts))
    Object.assign(figuresOf(cell, 'page', page), { pageviews, events: pageviews })
}

describe('the comparison of a generation with what is published', () => {
  it('finds nothing between equal cells, and still tells their days', () => {
    const comparison = new SiteComparison('demo')
    comparison.add({
      old: [stored('live', {}, totals(7, 2, 1, [1, 2]))],
      new: [stored('g', {}, totals(7, 2, 1, [1, 2]))],
    })
    const report = comparison.report()
    expect([comparison.compared, comparison.changed]).toEqual([1, 0])
    expect(report.dimensions).toEqual([])
    expect(report.days).toHaveLength(1)
    expect(report.days[0]?.old).toEqual(report.days[0]?.new)
    expect(report.days[0]?.new).toMatchObject({ visitors: 2, bounceRate: 0.5, visitDurationSeconds: 4 })
  })

  it('counts each part that differs, and each that only one side has', () => {
    const comparison = new SiteComparison('demo')
    const hour = { granularity: 'hour', start: day + hourMs } as const
    comparison.add({
      old: [stored('live', hour, totals(7, 2, 1, [1])), stored('live', { ...hour, part: 'd' }, pages({ '/a': 7 }))],
      new: [stored('g', hour, totals(7, 2, 1, [1])), stored('g', { ...hour, part: 'd' }, pages({ '/b': 7 }))],
    })
    comparison.add({ old: [], new: [stored('g', { ...hour, start: day }, totals(1, 1, 1, [3]))] })
    expect([comparison.compared, comparison.changed]).toEqual([3, 2])
    // Days are told of day cells: hours would count everything again.
    expect(comparison.report().days).toEqual([])
  })

  it('adds up shards and parts of a day, and tells the values that changed, most first', () => {
    const comparison = new SiteComparison('demo')
    const other = { shardId: 'shardId-000000000001' }
    comparison.add({
      old: [
        stored('live', {}, totals(10, 3, 1, [1, 2])),
        stored('live', other, totals(5, 1, 1, [2, 3])),
        stored('live', { part: 'd' }, pages({ '/same': 4, '/renamed': 6 })),
        stored('live', { ...other, part: 'd' }, pages({ '/renamed': 5 })),
      ],
      new: [
        stored('g', {}, totals(10, 3, 1, [1, 2])),
        stored('g', other, totals(4, 1, 1, [2, 3])),
        stored('g', { part: 'd' }, pages({ '/same': 4, '/new': 6 })),
        stored('g', { ...other, part: 'd' }, pages({ '/new': 4 })),
      ],
    })
    const { changedCells, days, dimensions } = comparison.report()
    expect(changedCells).toBe(3)
    expect(days).toMatchObject([
      { day: '2026-03-10', old: { pageviews: 15, visitors: 3 }, new: { pageviews: 14, visitors: 3 } },
    ])
    expect(dimensions).toMatchObject([
      {
        dimension: 'page',
        changedValues: 2,
        top: [
          { value: '/renamed', old: { pageviews: 11 }, new: { pageviews: 0 } },
          { value: '/new', old: { pageviews: 0 }, new: { pageviews: 10 } },
        ],
      },
    ])
  })
})

describe('minutes', () => {
  it('are kept for two days, hours for good', () => {
    const minute: CellKey = stored('g', { granularity: 'minute' }, () => {}).key
    expect(isKept(minute, day + 48 * hourMs)).toBe(true)
    expect(isKept(minute, day + 48 * hourMs + 60_000)).toBe(false)
    expect(isKept({ ...minute, granularity: 'hour' }, day + 1000 * hourMs)).toBe(true)
  })
})
