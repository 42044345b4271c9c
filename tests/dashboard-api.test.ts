/** The API of the dashboard over real tables: figures, refusals, its description. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import { permissions } from '../dashboard/session/permissions.ts'
import { bearer, now, startDashboard, type TestDashboard, visit } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
})

afterAll(() => dashboard.close())

describe('figures', () => {
  beforeAll(async () => {
    await dashboard.createSite('shop', 'Europe/Berlin')
    await dashboard.putVisit('shop', Date.parse('2026-11-22T22:30:00Z'), 1, 1)
    await dashboard.putVisit('shop', Date.parse('2026-11-22T23:30:00Z'), 2, 3)
    await dashboard.putVisit('shop', Date.parse('2026-11-23T08:00:00Z'), 3, 2)
    await dashboard.putVisit('shop', Date.parse('2026-11-23T08:00:00Z'), 2, 1, 'shardId-1')
  })

  it('are those of today in the zone of the site, over all shards', async () => {
    const { body } = await dashboard.get('/api/sites/shop/summary')
    expect(body).toEqual({
      site: 'shop',
      from: '2026-11-22T23:00:00.000Z',
      to: '2026-11-23T23:00:00.000Z',
      visitors: 2,
      visits: 3,
      pageviews: 6,
      clicks: 3,
      events: 0,
      bounceRate: 0.3333,
      visitDurationSeconds: 30,
      engagedSeconds: 0,
      bots: 0,
    })
  })

  it('say of a whole site how many events programs sent, which are in no other figure', async () => {
    await dashboard.createSite('crawled')
    const cell = emptyCell()
    cell.totals.bots = 3
    await dashboard.putCell({ site: 'crawled', granularity: 'hour', at: now }, cell)
    const { body } = await dashboard.get('/api/sites/crawled/summary')
    expect(body).toMatchObject({ pageviews: 0, visits: 0, bots: 3 })
    const filtered = await dashboard.get('/api/sites/crawled/summary?filter=page:/')
    expect(filtered.body).toMatchObject({ pageviews: 0 })
    expect(filtered.body).not.toHaveProperty('bots')
  })

  it('are the same from days as from hours', async () => {
    const days = await dashboard.get('/api/sites/shop/summary?from=2026-11-22&to=2026-11-23&tz=UTC')
    const hours = await dashboard.get('/api/sites/shop/summary?from=2026-11-22T01:00Z&to=2026-11-23T23:00Z')
    expect(days.body).toMatchObject({ visitors: 3, pageviews: 7 })
    expect(hours.body).toMatchObject({ visitors: 3, pageviews: 7 })
  })

  it('come for every interval, zeros included', async () => {
    const { body } = await dashboard.get('/api/sites/shop/timeseries')
    expect(body.interval).toBe('hour')
    expect(body.points).toHaveLength(24)
    expect(body.points[0]).toMatchObject({ at: '2026-11-22T23:00:00.000Z', pageviews: 3 })
    expect(body.points[1]).toMatchObject({ at: '2026-11-23T00:00:00.000Z', pageviews: 0, bounceRate: null })
    expect(body.points[9]).toMatchObject({ at: '2026-11-23T08:00:00.000Z', pageviews: 3, visitors: 2 })
  })

  it('leave out generations that are not published', async () => {
    await dashboard.createSite('replayed')
    await dashboard.putCell({ site: 'replayed', granularity: 'hour', at: now, generation: 'replay-1' }, visit(1, 5))
    await dashboard.putCell({ site: 'replayed', granularity: 'hour', at: now }, visit(1, 2))
    expect((await dashboard.get('/api/sites/replayed/summary')).body).toMatchObject({ pageviews: 2 })
  })

  it('break down by a dimension', async () => {
    const { body } = await dashboard.get('/api/sites/shop/breakdown/referrer?limit=1&metric=pageviews')
    expect(body).toMatchObject({
      dimension: 'referrer',
      total: 1,
      rows: [{ value: 'google.com', pageviews: 6, visitors: 2 }],
    })
    expect((await dashboard.get('/api/sites/shop/breakdown/campaign')).body).toEqual({
      dimension: 'campaign',
      rows: [],
      total: 0,
      sum: 0,
    })
  })

  it('tell who is there right now', async () => {
    await dashboard.createSite('busy')
    await dashboard.putVisit('busy', now - 60_000, 7, 2)
    await dashboard.putVisit('busy', now - 20 * 60_000, 8, 1)
    const { body } = await dashboard.get('/api/sites/busy/realtime')
    expect(body.visitors).toBe(1)
    expect(body.minutes.map((minute: { pageviews: number }) => minute.pageviews).filter(Boolean)).toEqual([1, 2])
  })

  it('come with the incidents that went on in the period, latest first', async () => {
    const hourMs = 3_600_000
    await dashboard.putIncident(anIncident({ at: now - 2 * hourMs, end: now - hourMs }))
    // From before midnight, and still going on; and one that was over by then.
    const series = { metric: 'pageviews', dimension: 'source', value: 'search.example' } as const
    await dashboard.putIncident(anIncident({ at: now - 15 * hourMs, end: undefined, series, others: [] }))
    await dashboard.putIncident(anIncident({ at: now - 16 * hourMs, end: now - 15 * hourMs }))
    const { body } = await dashboard.get('/api/sites/shop/anomalies')
    expect(body.anomalies).toEqual([
      {
        id: '2026-11-23T08:20:30.000Z#clicks',
        at: '2026-11-23T08:20:30.000Z',
        end: '2026-11-23T09:20:30.000Z',
        metric: 'clicks',
        severity: 'critical',
        evidence: 18.5,
        peakAt: '2026-11-23T08:20:30.000Z',
        stepSeconds: 60,
        ...{ observed: 90, expected: 10, low: 2, high: 20 },
        others: [{ metric: 'errors' }],
        changed: [{ dimension: 'target', value: 'Buy', observed: 85, expected: 4 }],
      },
      expect.objectContaining({ at: '2026-11-22T19:20:30.000Z', ...series }),
    ])
    expect(body.anomalies[1]).not.toHaveProperty('end')
    const yesterday = await dashboard.get('/api/sites/shop/anomalies?from=2026-11-22&to=2026-11-22')
    expect(yesterday.body.anomalies).toHaveLength(2)
    expect((await dashboard.get('/api/sites/shop/anomalies?limit=1')).body.anomalies).toHaveLength(1)
    const before = await dashboard.get('/api/sites/shop/anomalies?from=2026-11-21&to=2026-11-21')
    expect(before.body).toEqual({ anomalies: [] })
  })

  it('take what people say of an incident, and take it back', async () => {
    await dashboard.putIncident(anIncident({ at: now, end: undefined }))
    const id = '2026-11-23T10:20:30.000Z#clicks'
    const say = (payload: object) =>
      dashboard.inject({ method: 'POST', url: '/api/sites/shop/anomalies/feedback', headers: bearer, payload })
    const verdict = async () => (await dashboard.get('/api/sites/shop/anomalies')).body.anomalies[0].verdict
    expect(await verdict()).toBeUndefined()
    expect((await say({ id, verdict: 'noise' })).json()).toMatchObject({ id, verdict: 'noise' })
    expect(await verdict()).toBe('noise')
    expect((await say({ id, verdict: 'none' })).json()).not.toHaveProperty('verdict')
    expect(await verdict()).toBeUndefined()
    expect((await say({ id: 'feedback#x', verdict: 'noise' })).json()).toMatchObject({ code: 'unknown_anomaly' })
    expect((await say({ id, verdict: 'maybe' })).statusCode).toBe(400)
  })

  it('read more cells than one answer of DynamoDB holds', async () => {
    await dashboard.createSite('large')
    const days = Array.from({ length: 130 }, (_, i) => now - (i + 1) * 86_400_000)
    await Promise.all(days.map((at, i) => dashboard.putCell({ site: 'large', granularity: 'day', at }, visit(i, 1))))
    const { body } = await dashboard.get('/api/sites/large/summary?from=2026-06-01')
    expect(body).toMatchObject({ pageviews: 130, visitors: 130 })
  })
})

describe('refusals', () => {
  it.each([
    '/api/sites/shop/summary?from=soon',
    '/api/sites/shop/summary?tz=Nowhere/At_All',
    '/api/sites/shop/timeseries?interval=fortnight',
    '/api/sites/shop/breakdown/weather',
    '/api/sites/shop/breakdown/page?limit=0',
    '/api/sites/shop/breakdown/page?metric=fame',
    '/api/sites/shop/live?from=2026-11-23&to=2026-11-01',
  ])('say what is wrong with %s', async (url) => {
    expect(await dashboard.get(url)).toEqual({
      status: 400,
      body: { code: 'bad_parameter', message: expect.any(String) },
    })
  })

  it.each(['summary', 'timeseries', 'breakdown/page', 'vitals', 'scroll', 'realtime', 'anomalies', 'live'])(
    'name a parameter that %s does not know: under a misspelt filter it would answer for the whole site',
    async (figures) => {
      expect(await dashboard.get(`/api/sites/shop/${figures}?filtr=page:/pricing`)).toEqual({
        status: 400,
        body: { code: 'bad_parameter', message: "querystring must not have 'filtr'" },
      })
    },
  )

  it.each(['summary', 'timeseries', 'breakdown/page', 'vitals', 'realtime', 'anomalies', 'clickmap'])(
    'do not meet what all figures may be asked with, though it means nothing to %s',
    async (figures) => {
      const all = 'from=2026-11-22&to=2026-11-23&tz=UTC&interval=hour&metric=visits&limit=5'
      const page = figures === 'clickmap' ? '&page=/' : ''
      expect(await dashboard.get(`/api/sites/shop/${figures}?${all}${page}`)).toMatchObject({ status: 200 })
    },
  )

  it('know no site that is not there', async () => {
    for (const question of ['', '/summary', '/timeseries', '/breakdown/page', '/realtime', '/anomalies', '/live'])
      expect(await dashboard.get(`/api/sites/nobody${question}`)).toMatchObject({
        status: 404,
        body: { code: 'unknown_site' },
      })
    expect(await dashboard.get('/api/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

describe('the API description', () => {
  it('has every route of the API, with what it takes and answers', async () => {
    const { body } = await dashboard.get('/api/openapi.json')
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(described.sort()).toEqual(
      Object.keys(permissions)
        .filter((route) => route.includes(' /api/'))
        .sort(),
    )
    const summary = body.paths['/api/sites/{site}/summary'].get
    expect(summary.parameters.map(({ name }: { name: string }) => name)).toEqual([
      'site',
      'from',
      'to',
      'tz',
      'interval',
      'generation',
      'filter',
      'segment',
    ])
    expect(Object.keys(body.paths['/api/sites/{site}/timeseries'].get.responses[200].content)).toEqual([
      'application/json',
      'text/csv',
    ])
    expect(summary.responses[200].content['application/json'].schema.required).toContain('bounceRate')
  })
})
