/** What cells add up to: for a period, and right now. */

import { describe, expect, it } from 'vitest'
import { type Cell, emptyCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import { toReport } from '../consumers/aggregator/shapes/to-report.ts'
import { toBreakdown } from '../dashboard/query/figures.ts'
import { mergeCells } from '../dashboard/query/merge.ts'
import { realtimeRange, toRealtime } from '../dashboard/query/realtime.ts'
import { createMerges } from '../dashboard/store/merges.ts'

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

  it('are made once while their cells stay as they are, and anew when one has changed or other days are asked for', () => {
    const merges = createMerges()
    const before = { start: 0, cell: visit(1, '/'), version: 'a 1' }
    const first = merges.of([before], starts, ['page'])
    expect(merges.of([{ ...before }], [...starts], ['page'])).toBe(first)
    expect(toReport(first.totals).visitors).toBe(1)

    const after = { start: 0, cell: visit(2, '/'), version: 'a 2' }
    expect(merges.of([after], starts, ['page'])).not.toBe(first)
    expect(merges.of([before], [0], ['page']).points).toHaveLength(1)
    expect(merges.of([before], starts, []).dimensions.size).toBe(0)
    expect(merges.of([before], starts, ['page'], undefined, '/a').dimensions.get('page')?.size).toBe(0)
    expect(merges.of([before], starts, ['page'], { dimension: 'page', value: '/a' }).totals.visits).toBe(0)
  })

  it('tell the values of one prefix apart, however many others there are', () => {
    const many = emptyCell()
    for (let page = 0; page < 20_001; page += 1) figuresOf(many, 'scroll', `/${page}\u000010`).events += 1
    const few = emptyCell()
    figuresOf(few, 'scroll', '/last\u000050').events += 2
    const cells = [many, few].map((cell) => ({ start: 0, cell }))
    const all = mergeCells(cells, starts, ['scroll']).dimensions.get('scroll')
    expect([all?.get('(other)')?.events, all?.has('/last\u000050')]).toEqual([3, false])
    const last = mergeCells(cells, starts, ['scroll'], undefined, undefined, '/last\u0000').dimensions.get('scroll')
    expect([...(last ?? [])].map(([value, { events }]) => [value, events])).toEqual([['/last\u000050', 2]])
  })

  it('count visitors that came after they were counted, exactly known or estimated', () => {
    const many = visit(0, '/')
    for (let hash = 1; hash < 2000; hash += 1) many.totals.visitors.add(Math.imul(hash, 0x9e3779b1))
    const counted = many.totals.visitors.count
    expect(counted).toBeGreaterThan(1900)
    for (let hash = 2000; hash < 4000; hash += 1) many.totals.visitors.add(Math.imul(hash, 0x9e3779b1))
    expect(many.totals.visitors.count).toBeGreaterThan(counted * 1.9)
    const others = visit(0, '/')
    for (let hash = 4000; hash < 8000; hash += 1) others.totals.visitors.add(Math.imul(hash, 0x9e3779b1))
    const one = many.totals.visitors.count
    many.totals.visitors.merge(others.totals.visitors)
    expect(many.totals.visitors.count).toBeGreaterThan(one * 1.9)
  })

  it('tell by bucket how many events arrived on a later day, upon a base too', () => {
    const cell = visit(1, '/')
    cell.totals.events = 3
    const late = { start: dayMs, cell, arrivedLater: true }
    const base = mergeCells([late, { start: 0, cell }], starts, [])
    expect(base.lateEvents).toEqual([0, 3])
    expect(mergeCells([late], starts, [], base).lateEvents).toEqual([0, 6])
    expect(base.lateEvents).toEqual([0, 3])
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
