/** Notes at the chart of a site, as the API takes and answers them. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NoteAnswer } from '../dashboard/note-answers.ts'
import { groupNotes } from '../dashboard/page/chart/note-groups.ts'
import { bearer, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aMember, cookieOf, sameOrigin } from './support/people.ts'

let dashboard: TestDashboard
beforeEach(async () => {
  dashboard = await startDashboard()
  await dashboard.createSite('shop', 'Europe/Berlin')
  await dashboard.createSite('shop-2')
})
afterEach(() => dashboard.close())

const post = (path: string, payload?: object, headers: Record<string, string> = bearer) =>
  dashboard.inject({ method: 'POST', url: `/api/sites/${path}`, headers, ...(payload && { payload }) })
const write = async (at: string, text: string, site = 'shop') => (await post(`${site}/notes`, { at, text })).json()
const read = async (query = '', site = 'shop'): Promise<NoteAnswer[]> =>
  (await dashboard.get(`/api/sites/${site}/notes${query}`)).body.notes
const texts = async (query?: string) => (await read(query)).map(({ text }) => text)

describe('a note', () => {
  it('is of a day of the site, or of a minute, and comes by time', async () => {
    expect(await write('2026-11-23T10:20', ' newsletter ')).toEqual({
      id: expect.stringMatching(/^20261123T0920Z-[0-9a-f]{16}$/),
      at: '2026-11-23T09:20:00.000Z',
      day: null,
      text: 'newsletter',
    })
    expect(await write('2026-11-23', 'release 2.3')).toMatchObject({
      at: '2026-11-22T23:00:00.000Z',
      day: '2026-11-23',
    })
    await write('2026-11-23T10:20:59.9+02:00', 'outage')
    expect(await texts()).toEqual(['release 2.3', 'outage', 'newsletter'])
  })

  it('is answered for each period that it touches, and for no other', async () => {
    await write('2026-11-22', 'day')
    await write('2026-11-22T12:30', 'minute')
    expect(await texts('?from=2026-11-21&to=2026-11-22')).toEqual(['day', 'minute'])
    expect(await texts('?from=2026-11-22T12:30&to=2026-11-22T12:31')).toEqual(['day', 'minute'])
    expect(await texts('?from=2026-11-22T12:31&to=2026-11-22T13:00')).toEqual(['day'])
    expect(await texts('?from=2026-11-22T12:00&to=2026-11-22T12:30')).toEqual(['day'])
    expect(await texts('?from=2026-11-23&to=2026-11-23')).toEqual([])
    // Midnight in Berlin is an hour before that of UTC.
    expect(await texts('?from=2026-11-21T22:00Z&to=2026-11-21T23:01Z')).toEqual(['day'])
    expect(await texts('?from=2026-11-21T22:00Z&to=2026-11-21T23:00Z')).toEqual([])
    // No notes are of such years.
    expect(await texts('?from=0100-01-01&to=0100-01-02')).toEqual([])
    expect(await texts('?from=9999-12-30&to=9999-12-31')).toEqual([])
    expect((await dashboard.get('/api/sites/shop/notes?from=soon')).status).toBe(400)
  })

  it('of a day that has 25 hours is of all of them', async () => {
    await write('2026-10-25', 'clocks')
    expect(await texts('?from=2026-10-25T22:59Z&to=2026-10-25T23:00Z')).toEqual(['clocks'])
    expect(await texts('?from=2026-10-25T23:00Z&to=2026-10-26T00:00Z')).toEqual([])
  })

  it('is read by a version that knows less of it, and left out where it is of no kind that this one knows', async () => {
    const put = async (name: string, time: string) => {
      const item = { kind: 'note', name: `shop#${name}`, time, text: name, colour: 'red' }
      const Item = Object.fromEntries(Object.entries(item).map(([key, value]) => [key, { S: value }]))
      await dashboard.client.send(new PutItemCommand({ TableName: 'retrace-control', Item }))
    }
    await put('20261123-00', '2026-11-23')
    await put('20261123W-00', '2026-W47')
    expect(await texts()).toEqual(['20261123-00'])
  })

  it.each([
    [{ at: '2026-11-31', text: 'x' }, 'at must be a date (2026-11-23) or a date and time (2026-11-23T10:00Z)'],
    [{ at: 'soon', text: 'x' }, 'at must be a date (2026-11-23) or a date and time (2026-11-23T10:00Z)'],
    [{ at: '1969-12-31', text: 'x' }, 'at must be after 1970-01-01, and at most a year from now'],
    [{ at: '2028-01-01', text: 'x' }, 'at must be after 1970-01-01, and at most a year from now'],
    [{ at: '2026-11-23', text: ' ' }, 'text must be one line that says something'],
    [{ at: '2026-11-23', text: 'two\nlines' }, 'text must be one line that says something'],
    [{ at: '2026-11-23', text: '' }, 'body/text must NOT have fewer than 1 characters'],
    [{ at: '2026-11-23', text: 'x'.repeat(201) }, 'body/text must NOT have more than 200 characters'],
    [{ at: '2026-11-23' }, "body must have required property 'text'"],
    [{ at: '2026-11-23', text: 'x', colour: 'red' }, "body must not have 'colour'"],
  ])('%j is refused in a sentence', async (body, message) => {
    const answer = await post('shop/notes', body)
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 'bad_body', message }])
    expect(await read()).toEqual([])
  })

  it('counts its characters as people do', async () => {
    const text = '🎉'.repeat(200)
    expect(await write('2026-11-23', text)).toMatchObject({ text })
  })

  it('is one of 500 of its site at most', async () => {
    for (let at = 0; at < 500; at += 1)
      await dashboard.options.store.notes.add('shop', { id: `20260101-${at}`, time: '2026-01-01', text: 'x' })
    const refused = await post('shop/notes', { at: '2026-11-23', text: 'x' })
    expect([refused.statusCode, refused.json()]).toEqual([
      409,
      { code: 'too_many_entries', message: 'A site has 500 notes at most. Delete some first.' },
    ])
    expect((await post('shop-2/notes', { at: '2026-11-23', text: 'x' })).statusCode).toBe(201)
    await post('shop/notes/20260101-7/delete')
    expect((await post('shop/notes', { at: '2026-11-23', text: 'x' })).statusCode).toBe(201)
  })

  it('is deleted at its own site alone, and once', async () => {
    const { id } = await write('2026-11-23', 'release')
    expect((await post(`shop-2/notes/${id}/delete`)).json().code).toBe('unknown_note')
    expect((await post(`shop/notes/${id}/delete`)).json()).toEqual({ id })
    expect(await read()).toEqual([])
    expect((await post(`shop/notes/${id}/delete`)).statusCode).toBe(404)
  })

  it('is not written at a site that is being erased', async () => {
    await post('shop/erasures', { site: 'shop' })
    expect((await post('shop/notes', { at: '2026-11-23', text: 'x' })).json().code).toBe('site_closed')
  })

  it('is written by editors, read by viewers and whoever has a link, and unknown to all others', async () => {
    const as = async (name: string, roles: Parameters<typeof aMember>[2]) => ({
      cookie: await aMember(dashboard, `${name}@example.org`, roles),
      ...sameOrigin,
    })
    const { url } = (await post('shop/links', { name: 'board' })).json()
    const link = { cookie: cookieOf(await dashboard.inject({ url: new URL(url).pathname })), ...sameOrigin }
    const people = {
      editor: await as('edda', { shop: 'editor' }),
      viewer: await as('vera', { shop: 'viewer' }),
      link,
      elsewhere: await as('elsa', { 'shop-2': 'owner' }),
    }
    const { id } = await write('2026-11-23', 'release')
    const may: Record<string, number[]> = {}
    for (const [name, headers] of Object.entries(people)) {
      const { status } = await dashboard.get('/api/sites/shop/notes', headers)
      const added = await post('shop/notes', { at: '2026-11-23', text: name }, headers)
      // The editor comes first, and deletes what is there.
      const deleted = await post(`shop/notes/${id}/delete`, undefined, headers)
      may[name] = [status, added.statusCode, deleted.statusCode]
    }
    expect(may).toEqual({
      editor: [200, 201, 200],
      viewer: [200, 403, 403],
      link: [200, 403, 403],
      elsewhere: [404, 404, 404],
    })
    expect(await texts()).toEqual(['editor'])
  })
})

describe('in a chart', () => {
  const minutes = (...at: number[]) =>
    at.map((minute) => ({ id: String(minute), at: new Date(minute * 60_000).toISOString(), day: null, text: 'x' }))
  const starts = [60, 120, 180, 240].map((minute) => minute * 60_000)
  const grouped = (notes: NoteAnswer[], pixels: number) =>
    groupNotes(notes, starts, 300 * 60_000, (index) => index * pixels).map(({ first, last, notes: of }) => [
      first,
      last,
      of.map(({ id }) => id).join(' '),
    ])

  it('notes stand at the point that they are within, a day that began before at the beginning, and none of another period', () => {
    const day = { id: 'day', at: new Date(0).toISOString(), day: '1970-01-01', text: 'x' }
    expect(grouped([day, ...minutes(30, 60, 179, 180, 299, 300)], 24)).toEqual([
      [0, 0, 'day 60'],
      [1, 1, '179'],
      [2, 2, '180'],
      [3, 3, '299'],
    ])
  })

  it('marks that would overlap are one', () => {
    expect(grouped(minutes(60, 120, 180, 240), 12)).toEqual([
      [0, 1, '60 120'],
      [2, 3, '180 240'],
    ])
  })
})
