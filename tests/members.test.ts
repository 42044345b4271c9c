/** Members: how they come, sign in, change, and go; and that their sessions end when they should. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('blog')
})
afterAll(() => dashboard.close())

const password = 'nine calm otters'

const post = (url: string, payload: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url, payload, headers })
const invite = async (email: string, role: string, site = 'shop', headers: Record<string, string> = bearer) =>
  (await post(`/api/sites/${site}/invitations`, { email, role }, headers)).json()
const send = (url: string, fields: Record<string, string>, address = '203.0.113.1') =>
  dashboard.inject({
    method: 'POST',
    url,
    headers: { ...sameOrigin, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
    remoteAddress: address,
  })
const accept = (url: string, fields: Record<string, string>) => send(new URL(url).pathname, fields)
const roleAt = async (site: string, cookie: string) => (await dashboard.get(`/api/sites/${site}`, { cookie })).body.role

describe('an invitation', () => {
  it('makes a member of who gives its address and a password, once', async () => {
    const { url, expiresAt } = await invite('Ada@Example.org', 'editor')
    expect(expiresAt).toBe('2026-11-30T10:20:30.000Z')
    expect((await accept(url, { email: 'eve@example.org', password })).statusCode).toBe(401)
    expect((await accept(url, { email: 'ada@example.org', password: 'too short' })).statusCode).toBe(400)
    const joined = await accept(url, { email: 'ada@example.org', password })
    expect([joined.statusCode, joined.headers.location]).toEqual([303, '/'])
    expect(joined.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax$/)
    expect(await roleAt('shop', cookieOf(joined))).toBe('editor')
    expect((await accept(url, { email: 'ada@example.org', password })).statusCode).toBe(404)
    expect((await dashboard.inject({ url: new URL(url).pathname })).statusCode).toBe(404)
  })

  it('gives who is a member one role more, if they prove who they are', async () => {
    const { url } = await invite('ada@example.org', 'owner', 'blog')
    expect((await accept(url, { email: 'ada@example.org', password: 'somebody else’s' })).statusCode).toBe(401)
    const cookie = cookieOf(await accept(url, { email: 'ada@example.org', password }))
    expect([await roleAt('shop', cookie), await roleAt('blog', cookie)]).toEqual(['editor', 'owner'])
  })

  it('says of a password that is too short that it is, whether or not somebody is a member', async () => {
    const tooShort = async (email: string) => {
      const { url } = await invite(email, 'viewer', 'blog')
      const { statusCode, body } = await accept(url, { email, password: 'too short' })
      return { statusCode, body }
    }
    const ofStranger = await tooShort('stranger@example.org')
    expect(ofStranger.statusCode).toBe(400)
    expect(await tooShort('ada@example.org')).toEqual(ofStranger)
  })

  it('works for one of two who use it at once', async () => {
    const { url } = await invite('twice@example.org', 'viewer')
    const both = await Promise.all([1, 2].map(() => accept(url, { email: 'twice@example.org', password })))
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([303, 404])
  })

  it('is over after a week, and when it is revoked', async () => {
    const { url, id } = await invite('late@example.org', 'viewer')
    const later = await createDashboard({ ...dashboard.options, now: () => now + 7 * 86_400_000 })
    expect((await later.inject({ url: new URL(url).pathname })).statusCode).toBe(404)
    await later.close()
    const { invitations } = (await post(`/api/sites/shop/invitations/${id}/revoke`, {})).json()
    expect(invitations).toEqual([])
    expect((await accept(url, { email: 'late@example.org', password })).statusCode).toBe(404)
  })

  it('is for an e-mail address, and its secret is stored nowhere', async () => {
    expect((await post('/api/sites/shop/invitations', { email: 'no address', role: 'owner' })).json().code).toBe(
      'bad_body',
    )
    const { url } = await invite('hidden@example.org', 'viewer')
    const listed = await dashboard.get('/api/sites/shop/members')
    expect(JSON.stringify(listed.body)).not.toContain(new URL(url).pathname.split('/').at(-1))
  })
})

describe('sign-in with a password', () => {
  it('works whatever the case of the address, and not with a wrong one', async () => {
    const right = await send('/sign-in', { email: ' ADA@example.org ', password })
    expect(await roleAt('shop', cookieOf(right))).toBe('editor')
    for (const wrong of [
      { email: 'ada@example.org', password: 'wrong password' },
      { email: 'nobody@example.org', password },
      { email: '', password: '' },
      // More than a key of DynamoDB takes.
      { email: `${'a'.repeat(2000)}@example.org`, password },
    ])
      expect((await send('/sign-in', wrong)).statusCode).toBe(401)
  })

  it('is slowed down by account, from however many addresses at once', async () => {
    const guesses = Array.from({ length: 14 }, (_, i) =>
      send('/sign-in', { email: 'slow@example.org', password: `guess ${i}` }, `198.51.100.${i}`),
    )
    const codes = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
    expect(codes.filter((code) => code === 401)).toHaveLength(10)
    expect(codes.filter((code) => code === 429)).toHaveLength(4)
    // Nobody else is.
    expect((await send('/sign-in', { email: 'ada@example.org', password })).statusCode).toBe(303)
  })
})

describe('sessions', () => {
  it('end with the password, but for the one that changed it', async () => {
    const signIn = async () => cookieOf(await send('/sign-in', { email: 'ada@example.org', password }))
    const [here, there] = [await signIn(), await signIn()]
    const change = (current: string, next: string) =>
      post('/api/session/password', { current, next }, { cookie: here, ...sameOrigin })
    expect((await change('not it', 'ten calm otters')).json().code).toBe('wrong_password')
    expect((await change(password, 'short')).json().code).toBe('bad_body')
    expect((await dashboard.get('/api/session', { cookie: there })).status).toBe(200)
    const changed = await change(password, 'ten calm otters')
    expect(changed.statusCode).toBe(200)
    for (const cookie of [here, there]) expect((await dashboard.get('/api/session', { cookie })).status).toBe(401)
    const session = await dashboard.get('/api/session', { cookie: cookieOf(changed) })
    expect(session.body).toEqual({ by: 'member', name: 'ada@example.org', administrator: false })
    expect((await send('/sign-in', { email: 'ada@example.org', password })).statusCode).toBe(401)
    expect((await send('/sign-in', { email: 'ada@example.org', password: 'ten calm otters' })).statusCode).toBe(303)
  })

  it('end with the last role, and another invitation brings none of them back', async () => {
    const cookie = await aMember(dashboard, 'gone@example.org', { shop: 'viewer', blog: 'viewer' })
    await post('/api/sites/shop/members/remove', { email: 'gone@example.org' })
    expect((await dashboard.get('/api/sites/shop', { cookie })).status).toBe(404)
    expect((await dashboard.get('/api/sites/blog', { cookie })).status).toBe(200)
    await post('/api/sites/blog/members/remove', { email: 'gone@example.org' })
    expect((await dashboard.get('/api/session', { cookie })).status).toBe(401)
    const { url } = await invite('gone@example.org', 'viewer')
    await accept(url, { email: 'gone@example.org', password })
    expect((await dashboard.get('/api/session', { cookie })).status).toBe(401)
  })

  it('cannot be made up, moved to somebody else, or used after thirty days', async () => {
    const cookie = await aMember(dashboard, 'mine@example.org', { shop: 'viewer' })
    const [content = '', signature = ''] = cookie.slice('retrace_session='.length).split('.')
    const other = Buffer.from(Buffer.from(content, 'base64url').toString().replace('mine@', 'ada@')).toString(
      'base64url',
    )
    for (const forged of [`${other}.${signature}`, content, `${content}.`, '.', 'e30.e30', `${content}.${signature}x`])
      expect((await dashboard.get('/api/session', { cookie: `retrace_session=${forged}` })).status).toBe(401)
    const later = await createDashboard({ ...dashboard.options, now: () => now + 30 * 86_400_000 })
    expect((await later.inject({ url: '/api/session', headers: { cookie } })).statusCode).toBe(401)
    await later.close()
  })

  it('change nothing for a page of another origin', async () => {
    const cookie = await aMember(dashboard, 'target@example.org', { shop: 'owner' })
    const body = { email: 'evil@example.org', role: 'owner' }
    for (const origin of [{}, { origin: 'https://evil.example' }])
      expect(
        (await post('/api/sites/shop/invitations', body, { cookie, host: 'localhost:80', ...origin })).statusCode,
      ).toBe(403)
    expect((await post('/api/sites/shop/invitations', body, { cookie, ...sameOrigin })).statusCode).toBe(201)
  })
})

it('a role is changed by an owner, and counts from the next request on', async () => {
  const cookie = await aMember(dashboard, 'promoted@example.org', { shop: 'viewer' })
  expect((await dashboard.get('/api/sites/shop/members', { cookie })).status).toBe(403)
  const { members } = (
    await post('/api/sites/shop/members/role', { email: 'promoted@example.org', role: 'owner' })
  ).json()
  expect(members).toContainEqual(expect.objectContaining({ email: 'promoted@example.org', role: 'owner' }))
  expect((await dashboard.get('/api/sites/shop/members', { cookie })).status).toBe(200)
})

it('a live stream ends within seconds when its reader may see the site no more', async () => {
  const cookie = await aMember(dashboard, 'watching@example.org', { blog: 'viewer' })
  const server = await createDashboard(dashboard.options)
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${address}/api/sites/blog/live`, { headers: { cookie } })
  expect(response.status).toBe(200)
  let ended = false
  const reading = response.text().then(() => {
    ended = true
  })
  await post('/api/sites/blog/members/remove', { email: 'watching@example.org' })
  await eventually(() => ended, { timeoutMs: 8000 })
  await reading
  await server.close()
})
