/** The API of click maps: clicks that a browser's snippet could send go through the fold into real tables, and come back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldEvent } from '../consumers/aggregator/fold.ts'
import { FoldState } from '../consumers/aggregator/fold-state.ts'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { createMapTokens, mapTokenMs } from '../dashboard/session/map-tokens.ts'
import type { ClickTarget, TrackedEvent } from '../stream/event.ts'
import { applyDelta } from './support/cells.ts'
import { adminToken, bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aDelivery } from './support/events.ts'
import { aMember, sameOrigin } from './support/people.ts'

const origin = 'https://shop.example'
const hourMs = 3_600_000
let dashboard: TestDashboard
let n = 0

function event(path: string, at: number, different: Partial<TrackedEvent>): TrackedEvent {
  return { type: 'click', load: '0123456789abcdef', n: n++, at, url: `${origin}${path}`, ...different }
}

const click = (path: string, at: number, target: Partial<ClickTarget> & { selector: string }) =>
  event(path, at, { target: { vw: 1280, docW: 1280, docH: 4000, ...target } })

const buy = { selector: '#buy', text: 'Buy', pageX: 1000, pageY: 330 }
const fern = { selector: 'main>a.card', text: 'Fern', pageX: 100, pageY: 700 }

/** Two hours before now, and yesterday. */
const today = [
  click('/', now - 2 * hourMs, buy),
  click('/', now - 2 * hourMs + 10_000, buy),
  click('/', now - 2 * hourMs + 20_000, { ...buy, vw: 390, docW: 390, pageX: 200 }),
  click('/', now - 2 * hourMs + 30_000, fern),
  // From the keyboard: no place.
  click('/', now - 2 * hourMs + 40_000, { selector: '#buy', text: 'Buy' }),
  click('/about', now - 2 * hourMs + 50_000, fern),
  event('/', now - 2 * hourMs, { type: 'custom', name: 'rage_click', props: { selector: '#bell' } }),
  event('/', now - 2 * hourMs, { type: 'custom', name: 'dead_click', props: { selector: '#still' } }),
  event('/', now - 2 * hourMs, { type: 'custom', name: 'dead_click', props: { selector: '#still' } }),
  event('/about', now - 2 * hourMs, { type: 'custom', name: 'dead_click', props: { selector: '#other' } }),
  event('/', now - 2 * hourMs, { type: 'engagement', engagedMs: 1000, scroll: 45 }),
  event('/', now - 2 * hourMs, { type: 'engagement', engagedMs: 1000, scroll: 100 }),
]
const yesterday = [click('/', now - 24 * hourMs, fern)]

async function put(events: TrackedEvent[], at: number): Promise<void> {
  const cell = emptyCell()
  const delivery = aDelivery({ site: 'shop', received: at, sentAt: at, events })
  const segment = dailySegments()(at)
  const state = new FoldState()
  for (const each of events) foldEvent(state, segment, delivery, each, (delta) => applyDelta(cell, delta))
  const ofHour = { totals: cell.totals, dimensions: new Map(cell.dimensions) }
  ofHour.dimensions.delete('position')
  await dashboard.putCell({ site: 'shop', granularity: 'hour', at }, ofHour)
  await dashboard.putCell({ site: 'shop', granularity: 'day', at }, cell)
}

beforeAll(async () => {
  dashboard = await startDashboard()
  const payload = { site: 'shop', name: 'Shop', timeZone: 'UTC', origins: [origin] }
  await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
  await dashboard.createSite('other')
  await put(today, now - hourMs)
  await put(yesterday, now - 23 * hourMs)
})
afterAll(() => dashboard?.close())

const ask = (query: string, headers?: Record<string, string>) =>
  dashboard.get(`/api/sites/shop/clickmap?${query}`, headers)

describe('a click map', () => {
  it('has the clicks of one page: elements, squares by class of viewport, rage, dead clicks, depth', async () => {
    const { status, body } = await ask('page=%2F')
    expect(status).toBe(200)
    expect(body).toMatchObject({ site: 'shop', page: '/', clicks: 5, total: 2 })
    expect(body.elements).toEqual([
      { selector: '#buy', text: 'Buy', clicks: 4 },
      { selector: 'main>a.card', text: 'Fern', clicks: 1 },
    ])
    expect(body.rage).toEqual([{ selector: '#bell', events: 1 }])
    expect(body.dead).toEqual([{ selector: '#still', events: 2 }])
    expect(body.grid).toMatchObject({ columns: 50, rowPixels: 32, from: '2026-11-23T00:00:00.000Z' })
    expect(body.grid.screens).toEqual([
      { screen: 'phone', below: 600, clicks: 1, squares: [[25, 10, 1]] },
      { screen: 'tablet', below: 1024, clicks: 0, squares: [] },
      {
        screen: 'laptop',
        below: 1440,
        clicks: 3,
        squares: [
          [39, 10, 2],
          [3, 21, 1],
        ],
      },
      { screen: 'desktop', below: 1920, clicks: 0, squares: [] },
      { screen: 'wide', below: null, clicks: 0, squares: [] },
    ])
    expect(body.scroll).toMatchObject({ total: 2 })
    expect(body.scroll.depths[5]).toEqual({ percent: 50, reached: 1 })
  })

  it('is of the period, of one class, and no longer than asked for', async () => {
    const { body } = await ask('page=%2F&from=2026-11-22&to=2026-11-23&screen=laptop&limit=1')
    expect(body).toMatchObject({ clicks: 6, total: 2, elements: [{ selector: '#buy', clicks: 4 }] })
    expect(body.grid.screens).toHaveLength(1)
    expect(body.grid.screens[0].clicks).toBe(4)
    expect((await ask('page=%2Fnowhere')).body).toMatchObject({ clicks: 0, total: 0, rage: [], dead: [] })
  })

  it.each([
    ['', /page/],
    ['page=%2F&tz=Mars', /tz must be a time zone/],
    ['page=%2F&screen=watch', /screen/],
    ['page=%2F&color=red', /must not have 'color'/],
    ['page=%2F&filter=country:DE', /without filters/],
  ])('refuses %o by name', async (query, message) => {
    const { status, body } = await ask(query)
    expect([status, body.code]).toEqual([400, 'bad_parameter'])
    expect(body.message).toMatch(message)
  })

  it('is for who may read the site', async () => {
    const reader = { cookie: await aMember(dashboard, 'rea@example.org', { shop: 'viewer' }) }
    const stranger = { cookie: await aMember(dashboard, 'sten@example.org', { other: 'owner' }) }
    expect((await ask('page=%2F', reader)).status).toBe(200)
    expect((await ask('page=%2F', stranger)).body.code).toBe('unknown_site')
    expect((await ask('page=%2F', {})).status).toBe(401)
    expect((await ask('page=%2F&generation=g', reader)).status).toBe(403)
  })
})

describe('the link to the live page', () => {
  const link = (url: string, query = 'page=%2F', headers: Record<string, string> = bearer) =>
    dashboard.inject({ method: 'POST', url: `/api/sites/shop/clickmap/links?${query}`, headers, payload: { url } })
  const open = (token: string, from = origin) =>
    dashboard.get('/api/clickmap', { authorization: `Bearer ${token}`, origin: from })
  const tokenOf = (url: string) => new URL(url).hash.split(/[=#]/)[2] ?? ''

  it('answers its page with the figures that it was made for, and tells browsers so', async () => {
    const made = await link(`${origin}/?tab=1#top`)
    expect(made.statusCode).toBe(201)
    const { url, expiresAt } = made.json()
    expect(url).toMatch(/^https:\/\/shop\.example\/\?tab=1#retrace-map\.js=[\w-]+\.[\w-]+#top$/)
    expect(Date.parse(expiresAt)).toBe(now + mapTokenMs)
    const headers = { authorization: `Bearer ${tokenOf(url)}`, origin }
    const answer = await dashboard.inject({ url: '/api/clickmap', headers })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.json()).toEqual((await ask('page=%2F')).body)
    const preflight = await dashboard.inject({ method: 'OPTIONS', url: '/api/clickmap', headers: { origin } })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers).toMatchObject({ 'access-control-allow-headers': 'authorization' })
    const others = await dashboard.inject({ url: '/api/sites/shop/clickmap?page=%2F', headers: { ...bearer, origin } })
    expect(others.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('is no credential: it opens nothing else', async () => {
    const token = tokenOf((await link(`${origin}/`)).json().url)
    const headers = { authorization: `Bearer ${token}`, origin }
    for (const path of ['/api/sites', '/api/sites/shop/clickmap?page=%2F', '/api/sites/shop/summary'])
      expect((await dashboard.get(path, headers)).status).toBe(401)
  })

  it('is refused when it is over, changed, of another dashboard, or opened elsewhere', async () => {
    const token = tokenOf((await link(`${origin}/`)).json().url)
    const [content = '', signature = ''] = token.split('.')
    const grant = JSON.parse(Buffer.from(content, 'base64url').toString())
    const changed = (different: object) =>
      `${Buffer.from(JSON.stringify({ ...grant, ...different })).toString('base64url')}.${signature}`
    const plain = { site: 'shop', query: grant.query, origin, api: grant.api }
    const refused = [
      changed({ site: 'other' }),
      changed({ query: { ...grant.query, page: '/about' } }),
      changed({ until: now + 1e9 }),
      createMapTokens(adminToken).issue(plain, now - mapTokenMs).token,
      createMapTokens('another token').issue(plain, now).token,
      content,
      '',
    ]
    expect((await open(token)).status).toBe(200)
    for (const each of refused) {
      const { status, body } = await open(each)
      expect([status, body.code]).toEqual([403, 'not_allowed'])
      expect(body.elements).toBeUndefined()
    }
    expect((await open(token, 'https://elsewhere.example')).status).toBe(403)
  })

  it('leads to pages of the site alone, and is made by who may read it, from the dashboard', async () => {
    for (const url of ['https://elsewhere.example/', 'javascript:alert(1)', '/pricing', `https://me:pw@shop.example/`])
      expect((await link(url)).json().code).toBe('bad_body')
    const stranger = { cookie: await aMember(dashboard, 'stig@example.org', { other: 'owner' }), ...sameOrigin }
    const reader = { cookie: await aMember(dashboard, 'rik@example.org', { shop: 'viewer' }) }
    expect((await link(`${origin}/`, 'page=%2F', stranger)).statusCode).toBe(404)
    expect((await link(`${origin}/`, 'page=%2F', { ...reader, origin: 'https://evil.example' })).statusCode).toBe(403)
    expect((await link(`${origin}/`, 'page=%2F', { ...reader, ...sameOrigin })).statusCode).toBe(201)
    expect((await link(`${origin}/`, 'page=%2F&generation=g', { ...reader, ...sameOrigin })).statusCode).toBe(403)
  })
})
