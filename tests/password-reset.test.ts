/** A forgotten password: who may let a member choose a new one, and that the link opens nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeAll(async () => {
  dashboard = await startDashboard()
  for (const site of ['shop', 'blog']) await dashboard.createSite(site)
})
afterAll(() => dashboard.close())

const password = 'nine calm otters'
const post = (url: string, payload: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url, payload, headers })
const reset = (email: string, headers: Record<string, string> = bearer, site = 'shop') =>
  post(`/api/sites/${site}/members/reset`, { email }, headers)
const byCookie = (cookie: string) => ({ cookie, ...sameOrigin })

let addresses = 0
/** Each from an address of its own: wrong guesses are counted by it. */
const send = (path: string, fields: Record<string, string>) =>
  dashboard.inject({
    method: 'POST',
    url: path,
    headers: { ...sameOrigin, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
    remoteAddress: `198.51.100.${++addresses}`,
  })
const pathOf = ({ url }: { url: string }) => new URL(url).pathname
const session = async (cookie: string) => (await dashboard.get('/api/session', { cookie })).status

describe('a link to a new password', () => {
  it('is used once: the new password holds, the old one and its sessions do not', async () => {
    const old = await aMember(dashboard, 'ada@example.org', { shop: 'viewer' })
    const made = await reset(' ADA@example.org')
    expect(made.statusCode).toBe(201)
    expect(made.json()).toMatchObject({ email: 'ada@example.org', expiresAt: '2026-11-24T10:20:30.000Z' })
    const path = pathOf(made.json())
    expect(await session(old)).toBe(200)
    expect((await dashboard.inject({ url: path })).statusCode).toBe(200)
    expect((await send(path, { email: 'eve@example.org', password })).statusCode).toBe(401)
    expect((await send(path, { email: 'ada@example.org', password: 'too short' })).statusCode).toBe(400)

    const done = await send(path, { email: 'ada@example.org', password })
    expect([done.statusCode, done.headers.location]).toEqual([303, '/'])
    expect([await session(cookieOf(done)), await session(old)]).toEqual([200, 401])
    expect((await send('/sign-in', { email: 'ada@example.org', password })).statusCode).toBe(303)
    expect((await dashboard.inject({ url: path })).statusCode).toBe(404)
    expect((await send(path, { email: 'ada@example.org', password })).statusCode).toBe(404)
  })

  it('works for one of two who use it at once', async () => {
    await aMember(dashboard, 'twice@example.org', { shop: 'viewer' })
    const path = pathOf((await reset('twice@example.org')).json())
    const both = await Promise.all([1, 2].map(() => send(path, { email: 'twice@example.org', password })))
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([303, 404])
  })

  it('is over after a day, when there is a newer one, and when its member is gone', async () => {
    await aMember(dashboard, 'late@example.org', { shop: 'viewer' })
    const [first, second] = [await reset('late@example.org'), await reset('late@example.org')].map((answer) =>
      pathOf(answer.json()),
    ) as [string, string]
    const status = async (path: string) => (await dashboard.inject({ url: path })).statusCode
    expect([await status(first), await status(second)]).toEqual([404, 200])
    const later = await createDashboard({ ...dashboard.options, now: () => now + 86_400_000 })
    expect((await later.inject({ url: second })).statusCode).toBe(404)
    await later.close()
    await post('/api/sites/shop/members/remove', { email: 'late@example.org' })
    expect(await status(second)).toBe(404)
    // Nor does it open who comes back.
    await aMember(dashboard, 'late@example.org', { shop: 'viewer' })
    const store = dashboard.options.store.members
    await store.setPassword('late@example.org', 'another', 'another epoch', 'epoch of late@example.org')
    expect(await status(second)).toBe(404)
  })

  it('is listed while it works, and taken back', async () => {
    await aMember(dashboard, 'back@example.org', { shop: 'viewer' })
    const members = async () => (await dashboard.get('/api/sites/shop/members')).body
    const listed = async () =>
      (await members()).resets.filter(({ email }: { email: string }) => email === 'back@example.org')
    const made = (await reset('back@example.org')).json()
    expect(await listed()).toEqual([
      {
        id: made.id,
        email: 'back@example.org',
        createdAt: '2026-11-23T10:20:30.000Z',
        expiresAt: '2026-11-24T10:20:30.000Z',
      },
    ])
    expect((await dashboard.get('/api/sites/blog/members')).body.resets).toEqual([])
    expect(JSON.stringify(await members())).not.toContain(pathOf(made).split('/').at(-1))
    expect((await post(`/api/sites/blog/resets/${made.id}/revoke`, {})).json().code).toBe('unknown_reset')
    expect((await dashboard.inject({ url: pathOf(made) })).statusCode).toBe(200)
    const taken = await post(`/api/sites/shop/resets/${made.id}/revoke`, {})
    expect([taken.statusCode, await listed()]).toEqual([200, []])
    expect((await dashboard.inject({ url: pathOf(made) })).statusCode).toBe(404)
    expect((await post(`/api/sites/shop/resets/${made.id}/revoke`, {})).statusCode).toBe(404)
    // One that opens nothing any more is none that could be taken back.
    const used = pathOf((await reset('back@example.org')).json())
    await send(used, { email: 'back@example.org', password })
    expect(await listed()).toEqual([])
  })

  it('slows down who guesses whom it is for', async () => {
    await aMember(dashboard, 'slow@example.org', { shop: 'viewer' })
    const path = pathOf((await reset('slow@example.org')).json())
    const codes: number[] = []
    for (let guess = 0; guess < 12; guess += 1)
      codes.push((await send(path, { email: `guess-${guess}@example.org`, password })).statusCode)
    expect(codes).toEqual([...Array(10).fill(401), 429, 429])
  })

  it('is stored as a hash', async () => {
    await aMember(dashboard, 'hidden@example.org', { shop: 'viewer' })
    const secret = pathOf((await reset('hidden@example.org')).json())
      .split('/')
      .at(-1)
    const stored = (await dashboard.options.store.resets.list('shop')).filter(({ email }) => email.startsWith('hidden'))
    expect(stored).toHaveLength(1)
    expect(JSON.stringify(stored)).not.toContain(secret)
  })
})

describe('an owner', () => {
  it('makes one for a member of their sites alone', async () => {
    const owner = byCookie(await aMember(dashboard, 'owner@example.org', { shop: 'owner' }))
    await aMember(dashboard, 'here@example.org', { shop: 'owner' })
    await aMember(dashboard, 'both@example.org', { shop: 'viewer', blog: 'viewer' })
    await aMember(dashboard, 'there@example.org', { blog: 'viewer' })
    expect((await reset('here@example.org', owner)).statusCode).toBe(201)
    const refused = await reset('both@example.org', owner)
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'member_elsewhere'])
    expect(refused.body).not.toContain('blog')
    for (const email of ['there@example.org', 'nobody@example.org'])
      expect((await reset(email, owner)).json().code).toBe('unknown_member')
    expect((await reset('both@example.org')).statusCode).toBe(201)
    const ownsBoth = byCookie(await aMember(dashboard, 'boss@example.org', { shop: 'owner', blog: 'owner' }))
    expect((await reset('both@example.org', ownsBoth)).statusCode).toBe(201)
  })

  it('comes to no site by a link that was made before its member had it', async () => {
    const owner = byCookie(await aMember(dashboard, 'early@example.org', { shop: 'owner' }))
    await aMember(dashboard, 'rising@example.org', { shop: 'viewer' })
    const path = pathOf((await reset('rising@example.org', owner)).json())
    await dashboard.options.store.members.grant('rising@example.org', 'blog', 'owner')
    expect((await send(path, { email: 'rising@example.org', password })).statusCode).toBe(404)
  })

  it('alone does, not an editor', async () => {
    const editor = byCookie(await aMember(dashboard, 'editor@example.org', { shop: 'editor' }))
    await aMember(dashboard, 'somebody@example.org', { shop: 'viewer' })
    expect((await reset('somebody@example.org', editor)).statusCode).toBe(403)
  })
})
