/** What a metric would have raised, over the cells of a dashboard and by way of its API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { floodAt, putWatchedPast } from './support/watched-past.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('quiet')
  await putWatchedPast(dashboard, 'shop')
  await dashboard.putVisit('shop', now - 3 * 3_600_000, 7, 5)
}, 60_000)
afterAll(() => dashboard.close())

const path = '/api/sites/shop/anomalies/backtest'
const ask = (query: string) => dashboard.get(`${path}?${query}`)
const iso = (at: number) => new Date(at).toISOString()

describe('a backtest', () => {
  it('tells the incident that a flood would have been, with what was expected of each hour', async () => {
    const { status, body } = await ask('metric=pageviews&from=2026-11-22&to=2026-11-23')
    expect(status).toBe(200)
    expect(body).toMatchObject({ metric: 'pageviews', interval: 'hour', evidence: 9 })
    expect(body.anomalies).toEqual([
      expect.objectContaining({ metric: 'pageviewsPerHour', at: iso(floodAt.from), end: iso(floodAt.to) }),
    ])
    const [flood] = body.anomalies
    expect(flood.observed).toBeGreaterThan(2 * flood.high)
    // Whole hours until now, and not the one that is running.
    expect(body.points).toHaveLength(34)
    for (const { expected, low, high } of body.points) {
      expect(low).toBeLessThanOrEqual(expected)
      expect(expected).toBeLessThanOrEqual(high)
    }
  })

  it('tells less at a higher threshold', async () => {
    const { body } = await ask('metric=pageviews&from=2026-11-22&to=2026-11-23&evidence=30')
    expect(body.anomalies).toEqual([])
    expect(body.evidence).toBe(30)
  })

  it('says from when on enough was known', async () => {
    const { body } = await ask('metric=pageviews&from=2026-11-08&to=2026-11-22')
    expect(body.toldFrom).toBe(iso(floodAt.from - (326 - 242) * 3_600_000))
    expect(body.points[0]).toMatchObject({ observed: 0, expected: null, low: null, high: null })
    const early = await ask('metric=pageviews&from=2026-11-08&to=2026-11-14')
    expect(early.body).toMatchObject({ toldFrom: null, anomalies: [] })
    const nothing = await dashboard.get('/api/sites/quiet/anomalies/backtest?metric=clicks')
    expect(nothing.body).toMatchObject({ toldFrom: null, anomalies: [] })
  })

  it('judges shares by the hour, and minutes as far back as they are kept', async () => {
    const share = await ask('metric=bounceRate&from=2026-11-22&to=2026-11-22')
    expect(share.body.points[5].observed).toBeCloseTo(0.4, 1)
    expect(share.body.anomalies).toEqual([])
    const minutes = await ask('metric=pageviews&interval=minute&from=2026-11-23T07:00&to=2026-11-23T08:00')
    expect(minutes.body.points).toHaveLength(60)
    expect(minutes.body.points[20].observed).toBe(5)
  })

  it.each([
    ['metric=bounceRate&interval=minute', 'by the hour'],
    ['metric=pageviews&threshold=3', "'threshold' is no parameter"],
    ['metric=pageviews&interval=minute&from=2026-11-12&to=2026-11-12', '48 hours'],
    ['metric=pageviews&from=2026-01-01&to=2026-11-12', 'at most 100 days'],
    ['metric=pageviews&from=2027-01-01&to=2027-01-02', 'of the past'],
    ['metric=pageviews&evidence=0', 'evidence'],
    ['metric=moods', 'metric'],
    ['', 'metric'],
  ])('is refused for what cannot be asked: %s', async (query, reason) => {
    const { status, body } = await ask(query)
    expect(status).toBe(400)
    expect(body.message).toContain(reason)
  })

  it('is described, and refused to strangers', async () => {
    const { body } = await dashboard.get('/api/openapi.json')
    const described = body.paths['/api/sites/{site}/anomalies/backtest'].get
    expect(described.parameters.map(({ name }: { name: string }) => name)).toContain('evidence')
    expect((await dashboard.inject({ url: `${path}?metric=clicks` })).statusCode).toBe(401)
    expect((await dashboard.inject({ url: path.replace('shop', 'none'), headers: bearer })).statusCode).toBe(400)
  })
})
