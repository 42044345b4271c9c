/** Tokens for programs: told once, stored hashed, limited to what they are for, gone when they are revoked. */
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { aMember, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('blog')
})
afterAll(() => dashboard.close())

const post = (url: string, payload: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url, payload, headers })
const status = async (url: string, token: string) =>
  (await dashboard.inject({ url, headers: { authorization: `Bearer ${token}` } })).statusCode

describe('a token of a site', () => {
  it('opens that site with its role, and says who made it and when it was used', async () => {
    const cookie = await aMember(dashboard, 'ada@example.org', { shop: 'owner' })
    const made = await post('/api/sites/shop/tokens', { name: 'Report', role: 'viewer' }, { cookie, ...sameOrigin })
    expect(made.statusCode).toBe(201)
    const { token, ...rest } = made.json()
    expect(token).toMatch(/^retrace_[\w-]{43}$/)
    expect(rest).toMatchObject({
      name: 'Report',
      site: 'shop',
      role: 'viewer',
      createdBy: 'ada@example.org',
      usedAt: null,
    })
    expect(await status('/api/sites/shop/summary', token)).toBe(200)
    expect(await status('/api/sites/shop/tokens', token)).toBe(403)
    expect(await status('/api/sites/blog/summary', token)).toBe(404)
    expect(await status('/api/pipeline', token)).toBe(403)
    const [listed] = (await dashboard.get('/api/sites/shop/tokens')).body.tokens
    expect(listed).toEqual({ ...rest, usedAt: '2026-11-23T10:20:30.000Z' })
  })

  it('notes its use once a minute', async () => {
    const { token, id } = (await post('/api/sites/blog/tokens', { name: 'Often', role: 'viewer' })).json()
    for (const [after, shown] of [
      [0, '2026-11-23T10:20:30.000Z'],
      [59_000, '2026-11-23T10:20:30.000Z'],
      [60_000, '2026-11-23T10:21:30.000Z'],
    ] as const) {
      const app = await createDashboard({ ...dashboard.options, now: () => now + after })
      await app.inject({ url: '/api/session', headers: { authorization: `Bearer ${token}` } })
      await app.close()
      const { tokens } = (await dashboard.get('/api/sites/blog/tokens')).body
      expect(tokens.find((each: { id: string }) => each.id === id).usedAt).toBe(shown)
    }
  })

  it('works no more once it is revoked', async () => {
    const { token, id } = (await post('/api/sites/shop/tokens', { name: 'Short', role: 'owner' })).json()
    expect(await status('/api/sites/shop', token)).toBe(200)
    expect((await post(`/api/sites/shop/tokens/${id}/revoke`, {})).statusCode).toBe(200)
    expect(await status('/api/sites/shop', token)).toBe(401)
    expect((await post(`/api/sites/shop/tokens/${id}/revoke`, {})).json().code).toBe('unknown_token')
  })

  it('keeps no live stream once it is revoked, even for who goes on guessing', async () => {
    const { token, id } = (await post('/api/sites/shop/tokens', { name: 'Watch', role: 'viewer' })).json()
    const server = await createDashboard(dashboard.options)
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const ask = (path: string, authorization: string) => fetch(`${address}${path}`, { headers: { authorization } })
    const stream = await ask('/api/sites/shop/live', `Bearer ${token}`)
    expect(stream.status).toBe(200)
    let ended = false
    const reading = stream.text().then(() => {
      ended = true
    })
    await post(`/api/sites/shop/tokens/${id}/revoke`, {})
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, i) => ask('/api/session', `Bearer guess-${i}`)))
    expect(guesses.map(({ status: code }) => code)).toEqual(new Array(10).fill(401))
    expect((await ask('/api/session', `Bearer ${token}`)).status).toBe(429)
    await eventually(() => ended, { timeoutMs: 8000 })
    await reading
    await server.close()
  })

  it('has a name and a role that a site knows', async () => {
    for (const payload of [
      { name: '', role: 'viewer' },
      { name: '  ', role: 'viewer' },
      { name: 'x', role: 'administrator' },
    ])
      expect((await post('/api/sites/shop/tokens', payload)).json().code).toBe('bad_body')
    expect((await post('/api/sites/nowhere/tokens', { name: 'x', role: 'viewer' })).json().code).toBe('unknown_site')
  })
})

describe('a token of the installation', () => {
  it('opens every site, those to come included', async () => {
    const { token } = (await post('/api/tokens', { name: 'All', role: 'editor' })).json()
    await dashboard.createSite('later')
    expect(await status('/api/sites/later/summary', token)).toBe(200)
    expect(await status('/api/sites/later/members', token)).toBe(403)
    expect(await status('/metrics', token)).toBe(403)
  })

  it('may do what the administrator may, where its role says so', async () => {
    const { token, id } = (await post('/api/tokens', { name: 'Prometheus', role: 'administrator' })).json()
    for (const url of ['/metrics', '/api/replays', '/api/tokens', '/api/sites/shop/members'])
      expect(await status(url, token)).toBe(200)
    const names = (await dashboard.get('/api/tokens')).body.tokens.map(({ name }: { name: string }) => name)
    // Both were made in one moment of this test's clock: which comes first is not said.
    expect(names.sort()).toEqual(['All', 'Prometheus'])
    await post(`/api/tokens/${id}/revoke`, {})
    expect(await status('/metrics', token)).toBe(401)
  })

  it('cannot be revoked as one of a site', async () => {
    const { id } = (await post('/api/tokens', { name: 'Kept', role: 'viewer' })).json()
    const { token } = (await post('/api/tokens', { name: 'Everywhere', role: 'owner' })).json()
    for (const headers of [bearer, { authorization: `Bearer ${token}` }])
      for (const [site, code] of [
        ['shop', 'unknown_token'],
        ['*', 'unknown_site'],
      ])
        expect((await post(`/api/sites/${site}/tokens/${id}/revoke`, {}, headers)).json().code).toBe(code)
  })
})

it('nothing that is stored lets anybody in', async () => {
  const { token, id } = (await post('/api/sites/shop/tokens', { name: 'Secret', role: 'owner' })).json()
  expect(await status('/api/sites/shop', id)).toBe(401)
  const stored = await storedAccess()
  expect(stored).toContain(id)
  expect(stored).not.toContain(token)
  expect(stored).not.toContain(token.slice('retrace_'.length))
})

/** All that the table of access holds. */
async function storedAccess(): Promise<string> {
  const { Items } = await dashboard.client.send(new ScanCommand({ TableName: 'retrace-access' }))
  return JSON.stringify(Items)
}
