/** Sites as the API lists, makes and changes them, over real tables. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop', 'Europe/Berlin')
  await dashboard.putVisit('shop', Date.parse('2026-11-22T22:30:00Z'), 1, 1)
})

afterAll(() => dashboard.close())

describe('sites', () => {
  it('are listed, described and created once', async () => {
    await dashboard.createSite('blog')
    const again = await dashboard.inject({
      method: 'POST',
      url: '/api/sites',
      headers: bearer,
      payload: { site: 'blog', name: 'Other' },
    })
    expect([again.statusCode, again.json().code]).toEqual([409, 'site_exists'])
    expect((await dashboard.get('/api/sites')).body.sites).toContainEqual(
      expect.objectContaining({ site: 'blog', name: 'blog' }),
    )
    expect((await dashboard.get('/api/sites/blog')).body).toMatchObject({ timeZone: 'UTC', firstDay: null })
    expect((await dashboard.get('/api/sites/shop')).body).toMatchObject({ firstDay: '2026-11-22' })
  })

  it.each([
    [{ site: 'Bad Name', name: 'x' }],
    [{ site: 'fine' }],
    [{ site: 'fine', name: 'x', timeZone: 'Nowhere/At_All' }],
    [{ site: 'fine', name: 'x', origins: ['https://example.org/path'] }],
    [{ site: 'fine', name: 'x', strict: true, network: true }],
  ])('refuse %j', async (payload) => {
    const answer = await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad_body'])
  })
})

describe('a site', () => {
  it('tells its pages to load the snippet beside the dashboard, or where the endpoint is', async () => {
    await dashboard.createSite('embedded')
    const { endpointUrl: _, ...usual } = dashboard.options
    for (const [endpointUrl, snippetUrl] of [
      ['', 'http://localhost:80/retrace.js'],
      ['https://abc.lambda-url.eu-west-1.on.aws/', 'https://abc.lambda-url.eu-west-1.on.aws/retrace.js'],
    ] as const) {
      const app = await createDashboard({ ...usual, endpointUrl })
      const answer = await app.inject({ url: '/api/sites/embedded', headers: bearer })
      expect(answer.json().snippetUrl).toBe(snippetUrl)
      await app.close()
    }
  })

  const change = (payload: object, site = 'changing') =>
    dashboard.inject({ method: 'POST', url: `/api/sites/${site}`, headers: bearer, payload })

  it('is changed in what is said, and keeps the rest', async () => {
    await dashboard.createSite('changing')
    await change({ origins: ['https://Example.org/'], queryParams: ['id'] })
    const answer = await change({ name: 'Changed', timeZone: 'Asia/Tokyo' })
    const expected = { name: 'Changed', timeZone: 'Asia/Tokyo', origins: ['https://example.org'], queryParams: ['id'] }
    expect(answer.json()).toMatchObject({ ...expected, role: 'owner' })
    expect((await dashboard.get('/api/sites/changing')).body).toMatchObject({
      ...expected,
      network: false,
      strict: false,
    })
  })

  it.each([{}, { name: '' }, { timeZone: 'Nowhere/At_All' }, { origins: ['example.org'] }])(
    'refuses %j',
    async (payload) => {
      expect((await change(payload)).json().code).toBe('bad_body')
      expect((await change({ name: 'x' }, 'nowhere')).json().code).toBe('unknown_site')
    },
  )
})

it.each(['site', 'network', 'strict', 'role', 'createdAt'])('lets no editor change %s of a site', async (name) => {
  await dashboard.createSite(`kept-${name.toLowerCase()}`)
  const url = `/api/sites/kept-${name.toLowerCase()}`
  const before = await dashboard.get(url)
  const answer = await dashboard.inject({ method: 'POST', url, headers: bearer, payload: { name: 'K', [name]: true } })
  expect([answer.statusCode, answer.json().message]).toEqual([400, `body must not have '${name}'`])
  expect(await dashboard.get(url)).toEqual(before)
})

describe('networks of visitors', () => {
  const keep = (site: string, payload: object) =>
    dashboard.inject({ method: 'POST', url: `/api/sites/${site}/network`, headers: bearer, payload })

  it('are kept from when a site is told to, until it is told not to', async () => {
    await dashboard.createSite('office')
    expect((await dashboard.get('/api/sites/office')).body).toMatchObject({ network: false })
    for (const network of [true, false]) {
      expect((await keep('office', { network })).json()).toMatchObject({ site: 'office', network })
      expect((await dashboard.get('/api/sites/office')).body).toMatchObject({ name: 'office', network })
    }
  })

  it('are never kept of a strict site, nor of one that is not there', async () => {
    const payload = { site: 'private', name: 'Private', strict: true }
    await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
    const answers = [await keep('private', { network: true }), await keep('nowhere', { network: true })]
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [400, 'bad_body'],
      [404, 'unknown_site'],
    ])
    expect((await keep('office', { network: 'yes, please' })).statusCode).toBe(400)
  })
})

describe('visitors of a site', () => {
  const remember = (site: string, rememberedWeeks: unknown) =>
    dashboard.inject({
      method: 'POST',
      url: `/api/sites/${site}/visitors`,
      headers: bearer,
      payload: { rememberedWeeks } as object,
    })

  it('are remembered for a day, or for weeks from the next day in UTC on, which another change of the site leaves alone', async () => {
    await dashboard.createSite('remembering')
    const found = async () => {
      const { rememberedWeeks, rememberedFrom } = (await dashboard.get('/api/sites/remembering')).body
      return [rememberedWeeks, rememberedFrom]
    }
    const tomorrow = new Date(Math.floor(now / 86_400_000) * 86_400_000 + 86_400_000).toISOString()
    expect(await found()).toEqual([null, null])
    const answer = await remember('remembering', 4)
    expect(answer.json()).toMatchObject({ rememberedWeeks: 4, rememberedFrom: tomorrow })
    const url = '/api/sites/remembering'
    await dashboard.inject({ method: 'POST', url, headers: bearer, payload: { name: 'Other' } })
    expect(await found()).toEqual([4, tomorrow])
    expect((await remember('remembering', null)).json()).toMatchObject({ rememberedWeeks: null, rememberedFrom: null })
    expect(await found()).toEqual([null, null])
  })

  it('are remembered for no other time, of no strict site, and of none that is not there', async () => {
    for (const weeks of [0, 1, 5, 52, '4', true, undefined])
      expect((await remember('remembering', weeks)).statusCode, String(weeks)).toBe(400)
    await dashboard.inject({
      ...{ method: 'POST', url: '/api/sites', headers: bearer },
      payload: { site: 'anonymous', name: 'Anonymous', strict: true },
    })
    expect((await remember('anonymous', 4)).json().message).toContain('strict site has no visitors')
    expect((await remember('nowhere', 4)).statusCode).toBe(404)
  })
})
