/** Erasing, as owners ask for it: a browser and a dashboard over real tables. What is done then is tests/eraser.test.ts. */
import { describe, expect, it } from 'vitest'
import { createSiteRegistry } from '../ingest/sites.ts'
import { findProblems } from './support/accessibility.ts'
import { bearer } from './support/dashboard.ts'
import { aMember } from './support/people.ts'
import { address, button, dashboard, open, page, shows, signedInPage } from './support/replays-page.ts'

const visitor = 'a1b2c3d4e5f60718'
const post = (payload: object, site = 'shop') =>
  dashboard.inject({ method: 'POST', url: `/api/sites/${site}/erasures`, headers: bearer, payload })
const erasures = () => dashboard.options.store.erasures
const list = async () => (await dashboard.get('/api/sites/shop/erasures')).body.erasures

describe('the page', () => {
  it('asks before it erases a visitor, and shows how far it is', async () => {
    await open('/sites/shop/settings')
    await page.getByLabel('Name of the visitor, or page load').fill('somebody')
    await button('Erase these events').click()
    await shows('This must be 16 hexadecimal digits')
    await page.getByLabel('Name of the visitor, or page load').fill(visitor)
    await button('Erase these events').click()
    await shows(`Erase the events of ${visitor}?`)
    await page.keyboard.press('Escape')
    expect(await list()).toEqual([])
    await button('Erase these events').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Erase these events' }).click()
    await shows(`Visitor ${visitor}`)
    await shows('waits until all that arrived before is stored')
    expect(await list()).toMatchObject([
      { kind: 'visitor', value: visitor, state: 'waiting', requestedBy: 'administrator' },
    ])

    const [record] = await erasures().list()
    if (!record) throw new Error('nothing was asked for')
    const through = await erasures().change(record, {
      step: 'archive',
      through: '2026-11-22',
      rows: { '2026-11-21': 1234 },
    })
    await page.reload()
    await shows('through with 22 Nov 2026')
    await shows('1,234 events erased')
    if (through) await erasures().change(through, { step: 'done', finishedAt: 1 })
    await page.reload()
    await shows('Figures of 21 Nov 2026 keep what they added')
    const erase = page.getByRole('region', { name: 'Erase data' })
    expect(await erase.getByRole('link', { name: 'Count days again' }).getAttribute('href')).toBe('/replays')
  })

  it('erases a site when its name is typed, and offers nothing more then', async () => {
    await open('/sites/shop/settings')
    await page.getByLabel('Type shop to erase all of it').fill('shopp')
    await button('Erase the site').click()
    await shows('This must be shop.')
    await page.getByLabel('Type shop to erase all of it').fill('shop')
    await button('Erase the site').press('Enter')
    await shows('The whole site')
    await page.getByLabel('Type shop to erase all of it').waitFor({ state: 'detached' })
    const registry = createSiteRegistry(dashboard.client, 'retrace-sites')
    expect(await registry.find('shop')).toBeUndefined()
    expect((await post({ site: 'shop' })).json().code).toBe('site_closed')
    expect((await post({ visitor })).json().code).toBe('site_closed')
    const replay = { sites: ['shop'], from: '2026-11-22', to: '2026-11-22' }
    const asked = await dashboard.inject({ method: 'POST', url: '/api/replays', headers: bearer, payload: replay })
    expect(asked.statusCode).toBe(400)
    const again = { site: 'shop', name: 'Shop' }
    expect(
      (await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload: again })).statusCode,
    ).toBe(409)
  })

  it.each([360, 1440])('has room at %i pixels, in German too', async (width) => {
    await post({ visitor })
    await post({ load: visitor })
    const narrow = await signedInPage({ viewport: { width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce' })
    await narrow.goto(`${address}/sites/shop/settings`)
    await narrow.getByText(`Besucher ${visitor}`).waitFor()
    expect(await findProblems(narrow)).toEqual([])
    await narrow.getByLabel('Name des Besuchers oder Seitenaufruf').fill(visitor)
    await narrow.getByRole('button', { name: 'Diese Ereignisse löschen' }).click()
    await narrow.getByRole('dialog').waitFor()
    expect(await findProblems(narrow)).toEqual([])
    await narrow.close()
  })
})

describe('the API', () => {
  it('refuses what names nothing, or more than one, and closes nothing', async () => {
    const bodies = [
      {},
      { site: 'other' },
      { visitor, load: visitor },
      { visitor: 'A1B2C3D4E5F60718' },
      { everything: true },
    ]
    for (const payload of bodies) expect((await post(payload)).statusCode, JSON.stringify(payload)).toBe(400)
    expect((await dashboard.options.store.sites.find('shop'))?.closedAt).toBeUndefined()
    expect(await list()).toEqual([])
  })

  it('shows an owner the erasures of their own site alone', async () => {
    await dashboard.createSite('other')
    await post({ visitor }, 'other')
    const cookie = await aMember(dashboard, 'olga@example.org', { shop: 'owner' })
    expect((await dashboard.get('/api/sites/shop/erasures', { cookie })).body).toEqual({ erasures: [] })
    expect((await dashboard.get('/api/sites/other/erasures', { cookie })).status).toBe(404)
  })

  it('goes on after a crash that left a site closed and nothing asked for', async () => {
    await dashboard.options.store.sites.close('shop', 1)
    expect((await post({ site: 'shop' })).statusCode).toBe(201)
    expect((await dashboard.options.store.sites.find('shop'))?.closedAt).toBe(1)
  })
})
