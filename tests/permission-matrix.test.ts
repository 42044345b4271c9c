/** Every route, by everybody, at their own site and at a foreign one: who gets through, and that nothing leaks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../dashboard/answers.ts'
import { createDashboard } from '../dashboard/server.ts'
import { type Permission, permissions } from '../dashboard/session/permissions.ts'
import { bearer, now, startDashboard, type TestDashboard, visit } from './support/dashboard.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

/** Stands in everything that the foreign site has. Its name in addresses does not count: whoever asks has sent it. */
const marker = 'leaked'
const foreign = 'foreign'

/** What each may do at `shop`, said once more and otherwise than the guard says it. */
const people = {
  administrator: ['signed-in', 'page', 'viewer', 'editor', 'owner', 'administrator', 'administrator-page'],
  owner: ['signed-in', 'page', 'member', 'viewer', 'editor', 'owner'],
  editor: ['signed-in', 'page', 'member', 'viewer', 'editor'],
  viewer: ['signed-in', 'page', 'member', 'viewer'],
  'token of an owner': ['signed-in', 'page', 'viewer', 'editor', 'owner'],
  'token of a viewer': ['signed-in', 'page', 'viewer'],
  'shared link': ['signed-in', 'page', 'viewer'],
  'member without this site': ['signed-in', 'page', 'member'],
  stranger: [],
} as const satisfies Record<string, Permission[]>
type Person = keyof typeof people

let dashboard: TestDashboard
const headers: Partial<Record<Person, Record<string, string>>> = { administrator: bearer, stranger: {} }
let foreignEntries: Record<string, string> = {}

beforeAll(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('elsewhere')
  const payload = { site: foreign, name: marker, origins: [`https://${marker}.example`], queryParams: [marker] }
  await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
  const cell = visit(1, 1)
  cell.totals.pageviews = 4321
  await dashboard.putCell({ site: foreign, granularity: 'hour', at: now }, cell)
  for (const role of ['owner', 'editor', 'viewer'] as const) await join(role, { shop: role })
  for (const role of ['owner', 'viewer'] as const) {
    const { token } = (await create('shop', 'tokens', { name: 'script', role })).json()
    headers[`token of ${role === 'owner' ? 'an owner' : 'a viewer'}`] = { authorization: `Bearer ${token}` }
  }
  const { url } = (await create('shop', 'links', { name: 'shared' })).json()
  headers['shared link'] = { cookie: cookieOf(await dashboard.inject({ url: new URL(url).pathname })), ...sameOrigin }
  await join('member without this site', { elsewhere: 'owner' })
  await aMember(dashboard, `${marker}@example.org`, { [foreign]: 'owner' })
  const invited = await create(foreign, 'invitations', { email: `${marker}-too@example.org`, role: 'viewer' })
  const token = await create(foreign, 'tokens', { name: marker, role: 'viewer' })
  const link = await create(foreign, 'links', { name: marker })
  const reset = await create(foreign, 'members/reset', { email: `${marker}@example.org` })
  await create(foreign, 'notes', { at: '2026-11-23', text: marker })
  await create(foreign, 'segments', { name: marker, filters: ['country:DE'] })
  await create(foreign, 'goals', { name: marker, step: `page:/${marker}` })
  await create(foreign, 'funnels', { name: marker, steps: [`page:/${marker}`, 'page:/'], within: 1 })
  const channel = await create(foreign, 'channels', { url: `https://${marker}.example.org/` })
  const made = { invitations: invited, resets: reset, tokens: token, links: link, channels: channel }
  foreignEntries = Object.fromEntries(Object.entries(made).map(([what, answer]) => [what, answer.json().id]))
})
afterAll(() => dashboard.close())

function create(site: string, what: string, payload: object) {
  return dashboard.inject({ method: 'POST', url: `/api/sites/${site}/${what}`, headers: bearer, payload })
}

async function join(person: Person, roles: Record<string, Role>): Promise<void> {
  const cookie = await aMember(dashboard, `${person.replaceAll(' ', '-')}@example.org`, roles)
  headers[person] = { cookie, ...sameOrigin }
}

const routes = Object.entries(permissions)
  .filter(([, permission]) => permission !== 'public' && permission !== 'mailed-link')
  .map(([route, permission]) => {
    const [method, url] = route.split(' ') as ['GET' | 'POST', string]
    return { method, url, permission }
  })
const siteRoutes = routes.filter(({ url }) => url.startsWith('/api/sites/:site'))

/** A POST is sent without what it needs: who gets through is told so, and nothing is changed. */
async function ask(person: Person, method: 'GET' | 'POST', url: string, site: string) {
  const path = url.replace(':site', site).replace(':dimension', 'page').replace(/:\w+/g, 'nothing')
  // A live stream would not end, and the archive is not here: what is asked for is wrong, which is looked at after who asks.
  const query = /\/(live|export)$/.test(url) ? '?from=soon' : ''
  return dashboard.inject({
    method,
    url: path + query,
    headers: headers[person] ?? {},
    ...(method === 'POST' && { payload: {} }),
  })
}

describe.each(Object.keys(people) as Person[])('%s', (person) => {
  it.each(routes)('$method $url', async ({ method, url, permission }) => {
    const answer = await ask(person, method, url, 'shop')
    const may = (people[person] as readonly Permission[]).includes(permission)
    const isPage = permission.endsWith('page')
    if (person === 'stranger')
      expect(isPage ? answer.headers.location : answer.statusCode).toBe(isPage ? '/sign-in' : 401)
    else if (may) expect([200, 400, 404]).toContain(answer.statusCode)
    else if (isPage) expect(answer.headers.location).toBe('/')
    else if (person === 'member without this site' && url.includes(':site')) expect(answer.statusCode).toBe(404)
    else expect(answer.statusCode).toBe(403)
    if (may) expect(answer.body).not.toContain('unknown_site')
    if (person !== 'administrator') expect(answer.body).not.toContain(marker)
  })

  if (person === 'administrator') return
  it.each(siteRoutes)('$method $url of a foreign site is as if there was none', async ({ method, url }) => {
    const answer = await ask(person, method, url, foreign)
    const none = await ask(person, method, url, 'there-is-none')
    expect(answer.statusCode).toBe(person === 'stranger' ? 401 : 404)
    expect(answer.body).toBe(none.body)
    expect(answer.headers['content-length']).toBe(none.headers['content-length'])
  })
})

it('the walk has met every route that is registered', async () => {
  const registered: string[] = []
  const app = await createDashboard(dashboard.options)
  for (const route of Object.keys(permissions)) {
    const [method, url] = route.split(' ') as ['GET' | 'POST', string]
    if (app.hasRoute({ method, url })) registered.push(route)
  }
  await app.close()
  // The other way round the guard sees to it: a route without a permission cannot be registered.
  expect(registered).toEqual(Object.keys(permissions))
})

it('the administrator does see what the others must not', async () => {
  for (const url of ['', '/members', '/tokens', '/links', '/notes', '/segments', '/goals', '/funnels', '/channels']) {
    const { body } = await dashboard.inject({ url: `/api/sites/${foreign}${url}`, headers: bearer })
    expect(body).toContain(marker)
  }
  expect((await dashboard.get(`/api/sites/${foreign}/summary`)).body.pageviews).toBe(4321)
})

it('what belongs to a foreign site cannot be reached by way of one’s own', async () => {
  for (const [what, id] of Object.entries(foreignEntries)) {
    const url = `/api/sites/shop/${what}/${id}/revoke`
    const answer = await dashboard.inject({ method: 'POST', url, headers: headers.owner ?? {} })
    expect(answer.json().code).toBe(`unknown_${what.slice(0, -1)}`)
  }
  for (const act of ['role', 'remove', 'reset']) {
    const answer = await dashboard.inject({
      method: 'POST',
      url: `/api/sites/shop/members/${act}`,
      headers: headers.owner ?? {},
      payload: { email: `${marker}@example.org`, ...(act === 'role' && { role: 'viewer' }) },
    })
    expect(answer.json().code).toBe('unknown_member')
  }
  expect((await dashboard.get(`/api/sites/${foreign}/members`)).body).toMatchObject({
    members: [{ email: `${marker}@example.org`, role: 'owner' }],
    invitations: [{ email: `${marker}-too@example.org` }],
    resets: [{ email: `${marker}@example.org` }],
  })
  expect((await dashboard.get(`/api/sites/${foreign}/tokens`)).body.tokens).toHaveLength(1)
  expect((await dashboard.get(`/api/sites/${foreign}/links`)).body.links).toHaveLength(1)
  expect((await dashboard.get(`/api/sites/${foreign}/channels`)).body.channels).toHaveLength(1)
})

it('nobody but the administrator sees figures before they are published', async () => {
  const unpublished = '/api/sites/shop/summary?generation=some'
  expect((await dashboard.inject({ url: unpublished, headers: headers.owner ?? {} })).statusCode).toBe(403)
  expect((await dashboard.get(unpublished)).body.code).toBe('unknown_generation')
})

it('a site that is called like a property of every object belongs to nobody', async () => {
  for (const site of ['constructor', 'valueof', 'tostring'])
    expect(
      (await dashboard.inject({ url: `/api/sites/${site}/summary`, headers: headers.owner ?? {} })).statusCode,
    ).toBe(404)
})

it('lists to everybody their own sites alone, with their role', async () => {
  const sites = async (person: Person) =>
    (await dashboard.inject({ url: '/api/sites', headers: headers[person] ?? {} }))
      .json()
      .sites.map(({ site, role }: { site: string; role: Role }) => `${site}: ${role}`)
  expect(await sites('administrator')).toEqual(['elsewhere: owner', 'foreign: owner', 'shop: owner'])
  expect(await sites('viewer')).toEqual(['shop: viewer'])
  expect(await sites('member without this site')).toEqual(['elsewhere: owner'])
})

describe('what the pipeline does, which is watched like a site', () => {
  it.each(['anomalies', 'channels', 'alert-rules'])('is told to administrators alone: %s', async (what) => {
    const url = `/api/sites/_pipeline/${what}`
    const { token } = (
      await dashboard.inject({
        method: 'POST',
        url: '/api/tokens',
        headers: bearer,
        payload: { name: 'all', role: 'owner' },
      })
    ).json()
    const owner = await dashboard.inject({ url, headers: { authorization: `Bearer ${token}` } })
    expect(owner.statusCode).toBe(404)
    for (const person of Object.keys(people) as Person[]) {
      const { statusCode } = await dashboard.inject({ url, headers: headers[person] ?? {} })
      expect([person, statusCode]).toEqual([person, { administrator: 200, stranger: 401 }[person as string] ?? 404])
    }
  })

  it('has nothing else of a site', async () => {
    for (const what of [
      '',
      '/summary',
      '/members',
      '/anomalies/backtest?metric=pageviews&from=2026-11-20&to=2026-11-21',
    ]) {
      const { statusCode } = await dashboard.inject({ url: `/api/sites/_pipeline${what}`, headers: bearer })
      expect([what, statusCode]).toEqual([what, 404])
    }
  })
})
