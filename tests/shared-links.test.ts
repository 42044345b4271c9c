/** Shared links: they show one site to whoever has them, until they expire or are revoked. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('blog')
})
afterAll(() => dashboard.close())

const post = (url: string, payload: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url, payload, headers })
const share = async (options: object = {}) => {
  const { url, ...link } = (await post('/api/sites/shop/links', { name: 'For the board', ...options })).json()
  return { path: new URL(url).pathname, ...link }
}
const open = (path: string, more: object = {}) => dashboard.inject({ url: path, ...more })
const give = (path: string, password: string, remoteAddress = '203.0.113.1') =>
  dashboard.inject({
    method: 'POST',
    url: path,
    headers: { ...sameOrigin, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ password }).toString(),
    remoteAddress,
  })

it('shows the figures of its site, and nothing else, to whoever has it', async () => {
  const { path } = await share()
  const opened = await open(path)
  expect([opened.statusCode, opened.headers.location]).toEqual([303, '/sites/shop'])
  expect(opened.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax$/)
  const cookie = cookieOf(opened)
  const { body } = await dashboard.get('/api/sites', { cookie })
  expect(body.sites).toEqual([expect.objectContaining({ site: 'shop', role: 'viewer' })])
  expect((await dashboard.get('/api/session', { cookie })).body).toMatchObject({ by: 'link', name: 'For the board' })
  expect((await dashboard.get('/api/sites/shop/summary', { cookie })).status).toBe(200)
  expect((await dashboard.get('/api/sites/blog/summary', { cookie })).status).toBe(404)
})

it('asks for its password, if it has one', async () => {
  const { path, password } = await share({ password: 'seven grey herons' })
  expect(password).toBe(true)
  const asked = await open(path)
  expect([asked.statusCode, asked.headers['set-cookie']]).toEqual([200, undefined])
  expect((await give(path, 'eight grey herons')).statusCode).toBe(401)
  const opened = await give(path, 'seven grey herons')
  expect([opened.statusCode, opened.headers.location]).toEqual([303, '/sites/shop'])
  expect((await dashboard.get('/api/sites/shop', { cookie: cookieOf(opened) })).status).toBe(200)
})

it('is not guessed at for long', async () => {
  const { path } = await share({ password: 'seven grey herons' })
  const guesses = Array.from({ length: 12 }, (_, i) => give(path, `guess ${i}`, `198.51.100.${i}`))
  const codes = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
  expect(codes.filter((code) => code === 429)).toHaveLength(2)
})

it('is over when it says, also for who opened it before', async () => {
  const { path, id, expiresAt } = await share({ expiresAt: '2026-11-24T00:00:00Z' })
  expect(expiresAt).toBe('2026-11-24T00:00:00.000Z')
  const cookie = cookieOf(await open(path))
  const later = await createDashboard({ ...dashboard.options, now: () => Date.parse('2026-11-24T00:00:00Z') })
  expect((await later.inject({ url: path })).statusCode).toBe(404)
  expect((await later.inject({ url: '/api/sites/shop', headers: { cookie } })).statusCode).toBe(401)
  const { links } = (await later.inject({ url: '/api/sites/shop/links', headers: bearer })).json()
  expect(links.map((link: { id: string }) => link.id)).not.toContain(id)
  await later.close()
  for (const past of [new Date(now).toISOString(), 'soon'])
    expect((await post('/api/sites/shop/links', { name: 'x', expiresAt: past })).json().code).toBe('bad_body')
})

it('is over when it is revoked, also for who opened it before', async () => {
  const { path, id } = await share()
  const cookie = cookieOf(await open(path))
  const { links } = (await post(`/api/sites/shop/links/${id}/revoke`, {})).json()
  expect(links.map((link: { id: string }) => link.id)).not.toContain(id)
  expect((await open(path)).statusCode).toBe(404)
  expect((await dashboard.get('/api/sites/shop', { cookie })).status).toBe(401)
})

it('takes nothing from who is signed in, and adds what it shows', async () => {
  const member = await aMember(dashboard, 'ada@example.org', { blog: 'owner' })
  const { path } = await share()
  const cookie = `${member}; ${cookieOf(await open(path, { headers: { cookie: member } }))}`
  const { body } = await dashboard.get('/api/sites', { cookie })
  expect(body.sites.map(({ site, role }: { site: string; role: string }) => [site, role])).toEqual([
    ['blog', 'owner'],
    ['shop', 'viewer'],
  ])
  expect((await dashboard.get('/api/session', { cookie })).body).toMatchObject({ by: 'member' })
  expect((await dashboard.get('/api/sites/shop/members', { cookie })).status).toBe(403)
})

it('lets who came by it sign in as somebody', async () => {
  const cookie = cookieOf(await open((await share()).path))
  expect((await dashboard.inject({ url: '/sign-in', headers: { cookie } })).statusCode).toBe(200)
  const out = await dashboard.inject({ method: 'POST', url: '/sign-out', headers: { cookie, ...sameOrigin } })
  expect([out.headers['set-cookie']].flat().join()).toMatch(/retrace_shared=;/)
})
