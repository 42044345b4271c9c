/** Who may do what on the dashboard: every route, for strangers and forgers; sign-in; other origins. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { permissions } from '../dashboard/session/permissions.ts'
import { adminToken, startDashboard, type TestDashboard } from './support/dashboard.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
})

afterAll(() => dashboard.close())

describe('permissions', () => {
  const routes = Object.entries(permissions).map(([route, permission], i) => {
    const [method, url] = route.split(' ') as ['GET' | 'POST', string]
    return { method, url, path: url.replace(/:\w+/g, 'shop'), permission, remoteAddress: `203.0.113.${i + 100}` }
  })

  it.each(routes)(
    '$method $url is there, and answers strangers as the table says',
    async ({ method, url, path, permission, remoteAddress }) => {
      expect(dashboard.app.hasRoute({ method, url })).toBe(true)
      const credentials = [{}, { authorization: 'Bearer wrong' }, { cookie: 'retrace_session=9999999999999.forged' }]
      for (const headers of credentials) {
        const answer = await dashboard.inject({ method, url: path, headers, remoteAddress })
        const isForAll = permission === 'public' || permission === 'mailed-link'
        if (isForAll) expect([200, 204, 403, 404]).toContain(answer.statusCode)
        else if (permission.endsWith('page')) expect(answer.headers.location).toBe('/sign-in')
        else expect(answer.statusCode).toBe(401)
      }
    },
  )

  it('slow down who guesses tokens', async () => {
    const guess = () =>
      dashboard.inject({ url: '/api/sites', headers: { authorization: 'Bearer guess' }, remoteAddress: '203.0.113.99' })
    const codes = []
    for (let i = 0; i < 12; i++) codes.push((await guess()).statusCode)
    expect(codes.slice(-2)).toEqual([429, 429])
    expect((await dashboard.get('/api/sites')).status).toBe(200)
  })

  it('do not start without a token', async () => {
    await expect(createDashboard({ ...dashboard.options, adminToken: '' })).rejects.toThrow('token')
  })
})

describe('sign-in', () => {
  const signIn = (payload: string, origin = 'http://localhost:80') =>
    dashboard.inject({
      method: 'POST',
      url: '/sign-in',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin, host: 'localhost:80' },
      payload,
      remoteAddress: '203.0.113.8',
    })

  it('exchanges the token for a cookie that scripts cannot read, by link and by form', async () => {
    const byLink = await dashboard.inject({ url: `/sign-in?token=${adminToken}` })
    const byForm = await signIn(`token=${adminToken}`)
    for (const answer of [byLink, byForm]) {
      expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])
      expect(answer.headers['set-cookie']).toMatch(/Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
    }
    const cookie = String(byForm.headers['set-cookie']).split(';')[0] as string
    expect((await dashboard.get('/api/sites', { cookie })).status).toBe(200)
    expect((await dashboard.get('/api/sites', { cookie: `${cookie}x` })).status).toBe(401)
  })

  it('takes what forms send, and no JSON, whose fields may be anything', async () => {
    for (const payload of [{ token: 5 }, { token: null }, { email: { toString: 1, valueOf: 1 }, password: [] }]) {
      const answer = await dashboard.inject({
        method: 'POST',
        url: '/sign-in',
        headers: { origin: 'http://localhost:80', host: 'localhost:80' },
        payload,
      })
      expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported_media_type'])
    }
  })

  it('marks the cookie secure behind https', async () => {
    const answer = await dashboard.inject({
      url: `/sign-in?token=${adminToken}`,
      headers: { 'x-forwarded-proto': 'https' },
    })
    expect(answer.headers['set-cookie']).toContain('Secure')
  })

  it('refuses a wrong token and a form of another origin', async () => {
    expect((await signIn('token=wrong')).statusCode).toBe(401)
    expect((await signIn(`token=${adminToken}`, 'https://evil.example')).statusCode).toBe(403)
  })

  it('lets a cookie change nothing from another origin', async () => {
    const cookie = String((await signIn(`token=${adminToken}`)).headers['set-cookie']).split(';')[0] as string
    const create = (origin: Record<string, string>) =>
      dashboard.inject({
        method: 'POST',
        url: '/api/sites',
        headers: { cookie, host: 'localhost:80', ...origin },
        payload: { site: 'by-cookie', name: 'x' },
      })
    expect((await create({})).statusCode).toBe(403)
    expect((await create({ origin: 'http://localhost:8082' })).statusCode).toBe(403)
    expect((await create({ origin: 'http://localhost:80' })).statusCode).toBe(201)
  })

  it('sends a policy that runs nothing inline and nothing from elsewhere', async () => {
    const { headers } = await dashboard.inject({ url: '/sign-in' })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })
})
