/** What cells add up to: for a period, and right now. */

import { describe, expect, it } from 'vitest'
import { type Cell, emptyCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import { toReport } from '../consumers/aggregator/shapes/to-report.ts'
import { toBreakdown } from '../dashboard/query/figures.ts'
import { mergeCells } from '../dashboard/query/merge.ts'
import { realtimeRange, toRealtime } from '../dashboard/query/realtime.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.parse('2026-11-23T10:20:30Z')

/** A cell with one visit of one visitor to one page. */
function visit(hash: number, page: string, { bounced = false, visitMs = 0 } = {}): Cell {
  const cell = emptyCell()
  for (const figures of [cell.totals, figuresOf(cell, 'page', page)]) {
    figures.pageviews += 1
    figures.visits += 1
    figures.bounces += bounced ? 1 : 0
    figures.visitMs += visitMs
    figures.visitors.add(hash)
  }
  return cell
}

describe('merged cells', () => {
  const starts = [0, dayMs]

  it('add up by bucket, and count a visitor of several cells once', () => {
    const cells = [
      { start: 0, cell: visit(1, '/', { bounced: true }) },
      { start: hourMs, cell: visit(1, '/a', { visitMs: 60_000 }) },
      { start: dayMs, cell: visit(2, '/') },
    ]
    const merged = mergeCells(cells, starts, ['page'])
    expect(toReport(merged.totals)).toMatchObject({
      visitors: 2,
      visits: 3,
      bounceRate: 0.3333,
      visitDurationSeconds: 20,
    })
    expect(merged.points.map((point) => toReport(point).visitors)).toEqual([1, 1])
    expect(merged.points.map((point) => point.pageviews)).toEqual([2, 1])
  })

  it('are the same whether merged at once or upon a base, which stays as it was', () => {
    const settled = [{ start: 0, cell: visit(1, '/') }]
    const recent = [{ start: dayMs, cell: visit(2, '/') }]
    const base = mergeCells(settled, starts, ['page'])
    const upon = mergeCells(recent, starts, ['page'], base)
    const atOnce = mergeCells([...settled, ...recent], starts, ['page'])
    const report = (merged: typeof base) => [
      toReport(merged.totals),
      merged.points.map(toReport),
      toBreakdown(merged, 'page', 'visitors', 10),
    ]
    expect(report(upon)).toEqual(report(atOnce))
    expect(base.totals.pageviews).toBe(1)
    expect(settled[0]?.cell.totals.pageviews).toBe(1)
    expect(toBreakdown(base, 'page', 'visitors', 10).rows[0]?.pageviews).toBe(1)
  })

  it('have no bounce rate without visits', () => {
    expect(toReport(emptyCell().totals)).toMatchObject({ bounceRate: null, visitDurationSeconds: 0 })
  })

  it('break down by the metric, most first, then by value', () => {
    const cells = [visit(1, '/b'), visit(2, '/a'), visit(3, '/c'), visit(4, '/c')].map((cell) => ({ start: 0, cell }))
    const breakdown = toBreakdown(mergeCells(cells, starts, ['page']), 'page', 'visitors', 2)
    expect(breakdown).toMatchObject({
      total: 3,
      rows: [
        { value: '/c', visitors: 2 },
        { value: '/a', visitors: 1 },
      ],
    })
  })
})

describe('right now', () => {
  it('counts visitors of the last five minutes and page views of the last thirty', () => {
    const minute = Math.floor(now / 60_000) * 60_000
    const cells = [
      { start: minute, cell: visit(1, '/') },
      { start: minute - 5 * 60_000, cell: visit(2, '/') },
      { start: minute - 6 * 60_000, cell: visit(3, '/') },
    ]
    const realtime = toRealtime(cells, now)
    expect(realtime.visitors).toBe(2)
    expect(realtime.minutes).toHaveLength(30)
    expect(realtime.minutes.at(-1)).toEqual({ at: new Date(minute).toISOString(), pageviews: 1 })
    expect(realtime.minutes.at(-7)?.pageviews).toBe(1)
    expect(realtimeRange(now).to - realtimeRange(now).from).toBe(30 * 60_000)
  })
})
