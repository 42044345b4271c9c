/** The way of one event on the pipeline page: a browser and a dashboard over real stores. */
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { bearer, now } from './support/dashboard.ts'
import { aMember } from './support/people.ts'
import { address, app, archiveRow, dashboard, open, page, shows, signedInPage } from './support/replays-page.ts'

const load = '00112233445566ff'
const ask = async (query: string, site = 'shop', headers: Record<string, string> = bearer) => {
  const answer = await app.inject({ url: `/api/sites/${site}/trace?${query}`, headers })
  return { status: answer.statusCode, body: answer.json() }
}

describe('the pipeline page', () => {
  it('shows the stations of an event, and says when it is nowhere', async () => {
    await archiveRow(now - 3_600_000)
    await open('/pipeline')
    const form = page.getByRole('region', { name: 'Trace one event' })
    await form.getByLabel('Page load').fill('load')
    await form.getByRole('button', { name: 'Trace' }).click()
    await shows('This must be 16 hexadecimal digits')
    expect(await form.getByLabel('Page load').evaluate((field) => field.matches(':focus'))).toBe(true)
    await form.getByLabel('Page load').fill(load)
    await form.getByRole('button', { name: 'Trace' }).press('Enter')
    await shows('pageview on https://shop.example/plants/fern')
    await shows(/archive\/dt=2026-11-23\/hour=09\/shardId-0-1-r1-\w+\.parquet, row 0/)
    await shows('In the figures: the aggregator has not noted that it reached it')
    await shows(/shop#day 2026-11-23#2026-11-23#live#shardId-0/)
    expect(await findProblems(page)).toEqual([])
    await form.getByLabel('Number').fill('7')
    await form.getByRole('button', { name: 'Trace' }).click()
    await shows('It is nowhere among what arrived on 23 Nov 2026')
  })

  it.each([360, 1440])('has room for it at %i pixels, in German too', async (width) => {
    await archiveRow(now - 3_600_000)
    const narrow = await signedInPage({ viewport: { width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce' })
    await narrow.goto(`${address}/pipeline`)
    await narrow.getByLabel('Seitenaufruf').fill(load)
    await narrow.getByRole('button', { name: 'Verfolgen' }).click()
    await narrow.getByText('In den Zahlen: ').waitFor()
    expect(await findProblems(narrow)).toEqual([])
    await narrow.close()
  })
})

describe('the API', () => {
  it('tells an owner of events of their own site, and of no other', async () => {
    await archiveRow(now - 3_600_000)
    await dashboard.createSite('other')
    const cookie = await aMember(dashboard, 'olga@example.org', { shop: 'owner', other: 'owner' })
    expect((await ask(`load=${load}&n=0`, 'shop', { cookie })).body).toMatchObject({
      day: '2026-11-23',
      copies: [{ place: 'archive', outcome: 'aggregated', shard: 'shardId-0', sequence: '1', handled: false }],
    })
    expect((await ask(`load=${load}&n=0`, 'other', { cookie })).body.copies).toEqual([])
    expect((await ask(`load=${load}&n=0&day=2026-11-22`, 'shop', { cookie })).body.copies).toEqual([])
    const viewer = await aMember(dashboard, 'vera@example.org', { shop: 'viewer' })
    expect((await ask(`load=${load}&n=0`, 'shop', { cookie: viewer })).status).toBe(403)
  })

  it('refuses what names no event', async () => {
    const queries = ['', 'load=short&n=0', `load=${load}`, `load=${load}&n=-1`, `load=${load}&n=0&day=2026-02-31`]
    for (const query of queries) expect((await ask(query)).status, query).toBe(400)
  })

  it('traces one event at a time', async () => {
    await archiveRow(now - 3_600_000)
    const statuses = (await Promise.all([1, 2].map(() => ask(`load=${load}&n=0`)))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, 503])
    expect((await ask(`load=${load}&n=0`)).status).toBe(200)
  })
})
