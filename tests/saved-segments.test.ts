/** Segments of a site, as the API takes and answers them. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bearer, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeEach(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop')
  await dashboard.createSite('shop-2')
})
afterEach(() => dashboard.close())

const post = (path: string, payload?: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url: `/api/sites/${path}`, headers, ...(payload && { payload }) })
const save = async (name: string, filters = ['country:DE']) => (await post('shop/segments', { name, filters })).json()
const read = async (site = 'shop') => (await dashboard.get(`/api/sites/${site}/segments`)).body.segments

it('is saved, comes by name, is changed and deleted at its own site alone', async () => {
  const phones = await save(' Phones ', ['device:mobile', '!page~~^/docs/'])
  expect(phones).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    name: 'Phones',
    filters: ['device:mobile', '!page~~^/docs/'],
  })
  const germans = await save('Germans')
  expect(await read()).toEqual([germans, phones])
  expect(await read('shop-2')).toEqual([])

  const changed = { id: phones.id, name: 'Austrians', filters: ['country:AT'] }
  expect((await post(`shop-2/segments/${phones.id}`, { name: 'x', filters: ['country:AT'] })).json().code).toBe(
    'unknown_segment',
  )
  const { name, filters } = changed
  expect((await post(`shop/segments/${phones.id}`, { name, filters })).json()).toEqual(changed)
  expect(await read()).toEqual([changed, germans])

  expect((await post(`shop-2/segments/${phones.id}/delete`)).json().code).toBe('unknown_segment')
  expect((await post(`shop/segments/${phones.id}/delete`)).json()).toEqual({ id: phones.id })
  expect((await post(`shop/segments/${phones.id}/delete`)).statusCode).toBe(404)
  expect((await post(`shop/segments/${phones.id}`, { name, filters })).json().code).toBe('unknown_segment')
  expect(await read()).toEqual([germans])
})

it('is what figures are asked under: those of its filters, and 404 once it is gone', async () => {
  const { id } = await save('Germans')
  const asked = (query: string) => dashboard.get(`/api/sites/shop/summary?from=2026-11-01&to=2026-11-02&${query}`)
  expect(await asked(`segment=${id}`)).toEqual(await asked('filter=country:DE'))
  expect((await dashboard.get(`/api/sites/shop-2/summary?segment=${id}`)).body.code).toBe('unknown_segment')
  await post(`shop/segments/${id}/delete`)
  expect(await asked(`segment=${id}`)).toMatchObject({ status: 404, body: { code: 'unknown_segment' } })
})

it.each([
  [{ name: ' ', filters: ['country:DE'] }, 'name must be one line that says something'],
  [{ name: 'two\nlines', filters: ['country:DE'] }, 'name must be one line that says something'],
  [{ name: 'x'.repeat(81), filters: ['country:DE'] }, 'body/name must NOT have more than 80 characters'],
  [{ name: 'x', filters: [] }, 'body/filters must NOT have fewer than 1 items'],
  [{ name: 'x', filters: ['page~'] }, 'filter by page needs something to look for'],
  [{ name: 'x', filters: Array(21).fill('country:DE') }, 'body/filters must NOT have more than 20 items'],
  [{ name: 'x' }, "body must have required property 'filters'"],
  [{ name: 'x', filters: ['country:DE'], colour: 'red' }, "body must not have 'colour'"],
])('%j is refused in a sentence', async (body, message) => {
  const { id } = await save('Germans')
  for (const path of ['shop/segments', `shop/segments/${id}`]) {
    const answer = await post(path, body)
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 'bad_body', message }])
  }
  expect(await read()).toHaveLength(1)
})

it('of no dimension that there is, is refused', async () => {
  const answer = await post('shop/segments', { name: 'x', filters: ['colour:red'] })
  expect(answer.json()).toMatchObject({ code: 'bad_body', message: expect.stringContaining('filter must be') })
})

it('is one of 100 of its site at most', async () => {
  const filters = ['country:DE']
  for (let i = 0; i < 100; i++) await dashboard.options.store.segments.add('shop', `${i}`, { name: `${i}`, filters })
  const refused = await post('shop/segments', { name: 'x', filters })
  expect([refused.statusCode, refused.json()]).toEqual([
    409,
    { code: 'too_many_entries', message: 'A site has 100 segments at most. Delete some first.' },
  ])
  expect((await post('shop-2/segments', { name: 'x', filters })).statusCode).toBe(201)
})

it('is read by a version that knows less of it', async () => {
  const document = JSON.stringify({ name: 'Later', filters: ['country:DE'], colour: 'red' })
  const Item = { kind: { S: 'segment' }, name: { S: 'shop#07' }, document: { S: document }, shade: { S: 'dark' } }
  await dashboard.client.send(new PutItemCommand({ TableName: 'retrace-control', Item }))
  expect(await read()).toEqual([{ id: '07', name: 'Later', filters: ['country:DE'] }])
})

it('is not saved at a site that is being erased', async () => {
  await post('shop/erasures', { site: 'shop' })
  expect((await post('shop/segments', { name: 'x', filters: ['country:DE'] })).json().code).toBe('site_closed')
})

it('is saved by editors, read by viewers and whoever has a link, and unknown to all others', async () => {
  const { url } = (await post('shop/links', { name: 'board' })).json()
  const as = async (name: string, roles: Parameters<typeof aMember>[2]) => ({
    cookie: await aMember(dashboard, `${name}@example.org`, roles),
    ...sameOrigin,
  })
  const people = {
    editor: await as('edda', { shop: 'editor' }),
    viewer: await as('vera', { shop: 'viewer' }),
    link: { cookie: cookieOf(await dashboard.inject({ url: new URL(url).pathname })), ...sameOrigin },
    elsewhere: await as('elsa', { 'shop-2': 'owner' }),
  }
  const body = { name: 'x', filters: ['country:DE'] }
  const { id } = await save('Germans')
  const may: Record<string, number[]> = {}
  for (const [name, headers] of Object.entries(people))
    may[name] = [
      (await dashboard.get('/api/sites/shop/segments', headers)).status,
      (await post('shop/segments', body, headers)).statusCode,
      (await post(`shop/segments/${id}`, body, headers)).statusCode,
      (await post('shop/segments/none/delete', undefined, headers)).statusCode,
    ]
  expect(may).toEqual({
    editor: [200, 201, 200, 404],
    viewer: [200, 403, 403, 403],
    link: [200, 403, 403, 403],
    elsewhere: [404, 404, 404, 404],
  })
})
