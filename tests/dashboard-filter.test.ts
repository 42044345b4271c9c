/** Figures of one value, web vitals, scroll depth and CSV, as the API answers them over real tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cell, emptyCell, figuresOf } from '../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import { bucketOf } from '../consumers/aggregator/shapes/quantiles.ts'
import { bearer, startDashboard, type TestDashboard } from './support/dashboard.ts'

const hourMs = 3_600_000
const day = Date.parse('2026-11-22T00:00:00Z')
let dashboard: TestDashboard
const ask = async (question: string) => (await dashboard.get(`/api/sites/shop/${question}`)).body
const yesterday = 'from=2026-11-22&to=2026-11-22'

/** Events under each of the values. */
function counted(values: [Dimension, string][], events: number, visitor = 1): Cell {
  const cell = emptyCell()
  for (const figures of [cell.totals, ...values.map(([dimension, value]) => figuresOf(cell, dimension, value))]) {
    figures.events += events
    figures.clicks += events
    figures.visitors.add(visitor)
  }
  return cell
}

beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  const put = async (at: number, cell: Cell, segment?: string) => {
    for (const granularity of ['hour', 'day'] as const)
      await dashboard.putCell({ site: 'shop', granularity, at, ...(segment && { segment }) }, cell)
  }
  const target = 'Buy\u0000#buy'
  await put(
    day + 9 * hourMs,
    counted(
      [
        ['page', '/a'],
        ['target', target],
        ['pageTarget', `/a\u0000${target}`],
      ],
      3,
    ),
  )
  await put(
    day + 20 * hourMs,
    counted(
      [
        ['page', '/ab'],
        ['target', target],
        ['pageTarget', `/ab\u0000${target}`],
      ],
      5,
      2,
    ),
  )
  await put(day + 20 * hourMs, counted([['page', '/a']], 2, 3), '2026-11-23')
  await put(
    day,
    counted(
      [
        ['scroll', '/a\u000030'],
        ['scroll', '/ab\u0000100'],
        ['scroll', '(other)'],
      ],
      1,
    ),
  )
  const vital = (name: string, value: number): [Dimension, string] => ['vital', `${name}\u0000${bucketOf(value)}`]
  await put(day, counted([vital('LCP', 1000), vital('LCP', 3000), vital('CLS', 0), vital('FPS', 60)], 2))
  await put(day, counted([vital('LCP', 9000)], 1))
  await put(day, counted([['campaign', '=cmd|"x",\r\nspring']], 1))
})
afterAll(() => dashboard.close())

describe('a filter', () => {
  it('gives the figures of one value, in all and over time, and none of its neighbours', async () => {
    expect(await ask(`summary?${yesterday}&filter=page:/a`)).toMatchObject({ events: 5, visitors: 2 })
    const { points } = await ask(`timeseries?${yesterday}&filter=page:/a`)
    expect(points.map(({ events }: { events: number }) => events)).toEqual(
      Array.from({ length: 24 }, (_, hour) => ({ 9: 3, 20: 2 })[hour] ?? 0),
    )
    expect(await ask(`summary?${yesterday}&filter=page:/nowhere`)).toMatchObject({ events: 0, visitors: 0 })
  })

  it('is by whole hours where a period begins and ends within one', async () => {
    const part = 'from=2026-11-22T09:20Z&to=2026-11-22T09:40Z'
    expect(await ask(`summary?${part}&filter=page:/a`)).toMatchObject({ events: 3 })
    expect(await ask(`timeseries?${part}&filter=page:/a`)).toMatchObject({ interval: 'hour', points: [{ events: 3 }] })
    expect((await ask(`breakdown/page?${part}`)).rows).toMatchObject([{ value: '/a', events: 3 }])
  })

  it('gives the targets of a page', async () => {
    const { rows } = await ask(`breakdown/target?${yesterday}&filter=page:/a`)
    expect(rows).toMatchObject([{ value: 'Buy\u0000#buy', clicks: 3 }])
  })

  it.each([
    ['breakdown/country?filter=page:/a', 'page and country are counted each by itself'],
    ['summary?filter=scroll:/a', 'filter must be DIMENSION:VALUE'],
    ['summary?filter=page', 'filter must be DIMENSION:VALUE'],
    ['timeseries?filter=page:/a&interval=minute', 'interval=minute has no filter'],
  ])('%s is refused', async (question, message) => {
    expect(await dashboard.get(`/api/sites/shop/${question}`)).toMatchObject({
      status: 400,
      body: { code: 'bad_parameter', message: expect.stringContaining(message) },
    })
  })
})

it('tells how many events of a point arrived on a later day', async () => {
  const { points } = await ask(`timeseries?${yesterday}`)
  expect([points[9], points[20]]).toMatchObject([
    { events: 3, lateEvents: 0 },
    { events: 7, lateEvents: 2 },
  ])
})

it('reads web vitals from their histograms', async () => {
  const { vitals } = await ask(`vitals?${yesterday}`)
  expect(vitals).toEqual([
    {
      name: 'LCP',
      p75: expect.closeTo(3000, -2),
      rating: 'needsImprovement',
      count: 5,
      good: 2,
      needsImprovement: 2,
      poor: 1,
    },
    { name: 'CLS', p75: 0, rating: 'good', count: 2, good: 2, needsImprovement: 0, poor: 0 },
  ])
})

it('tells how far pages were seen, all or one of them', async () => {
  const all = await ask(`scroll?${yesterday}`)
  expect(all.total).toBe(2)
  expect(all.depths.map(({ reached }: { reached: number }) => reached)).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1])
  expect(await ask(`scroll?${yesterday}&filter=page:/a`)).toMatchObject({ total: 1 })
})

describe('CSV', () => {
  const csv = (url: string, accept?: string) =>
    dashboard.inject({ url: `/api/sites/shop/${url}`, headers: { ...bearer, ...(accept && { accept }) } })

  it('comes by Accept or by format, as a file', async () => {
    const byAccept = await csv(`breakdown/page?${yesterday}`, 'text/csv')
    const byFormat = await csv(`breakdown/page?${yesterday}&format=csv`)
    expect(byAccept.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="shop-page.csv"',
    })
    expect(byAccept.body.split('\r\n').slice(0, 2)).toEqual([
      'page,visitors,visits,pageviews,clicks,events,bounceRate,visitDurationSeconds,engagedSeconds',
      '/a,2,0,0,5,5,,0,0',
    ])
    expect(byFormat.body).toBe(byAccept.body)
    expect((await csv(`breakdown/page?${yesterday}&format=json`, 'text/csv')).headers['content-type']).toMatch(/json/)
  })

  it('has the parts of a value apart, and no formulas', async () => {
    const targets = await csv(`breakdown/target?${yesterday}&format=csv`)
    expect(targets.body).toMatch(/^text,selector,visitors,.*\r\nBuy,#buy,2,/)
    expect((await csv(`breakdown/campaign?${yesterday}&format=csv`)).body).toContain('\r\n"\'=cmd|""x"",\r\nspring",1,')
  })

  it('has a line for each point in time', async () => {
    const { body } = await csv(`timeseries?${yesterday}&format=csv`)
    const lines = body.trim().split('\r\n')
    expect(lines[0]).toMatch(/^at,visitors,.*,lateEvents$/)
    expect(lines).toHaveLength(25)
    expect(lines[10]).toMatch(/^2026-11-22T09:00:00.000Z,1,/)
  })
})
