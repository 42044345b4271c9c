/** Whoever reads German finds no English, and whoever chooses a language keeps it. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { constantParts, englishWords, loadCatalogues, saidInBrowser, sharedWords } from './support/catalogues.ts'
import { now, visit } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'
import { aReport } from './support/replay-report.ts'
import { address, create, dashboard, page, signedInPage } from './support/replays-page.ts'

const { english, german } = await loadCatalogues()

/** Every English text of the catalogues, and every English word, that is said right now. */
async function englishSaid(reader: Page): Promise<string[]> {
  const said = await reader.evaluate<string[]>(saidInBrowser)
  const parts = [...english.values()].flatMap(constantParts).filter((part) => !sharedWords.test(part))
  const germanParts = new Set([...german.values()].flatMap(constantParts))
  const whole = new Set(parts.filter((part) => !germanParts.has(part)))
  return said.filter((text) => whole.has(text) || text.match(englishWords) !== null)
}

describe('a German reader', () => {
  let reader: Page
  beforeEach(async () => {
    reader = await signedInPage({ locale: 'de-DE' })
  })
  afterEach(() => reader.close())

  const goTo = (path: string) => reader.goto(`${address}${path}`)
  const press = (name: string | RegExp) => reader.getByRole('button', { name }).first().click()

  async function readsGermanAt(path: string, sees: string, act: () => Promise<unknown> = async () => {}) {
    await goTo(path)
    await reader.getByText(sees).first().waitFor()
    await act()
    expect(await englishSaid(reader)).toEqual([])
    expect(await reader.evaluate<string>('document.documentElement.lang')).toBe('de')
  }

  it('reads the figures of a site, its menus and its details', async () => {
    await dashboard.createSite('garden')
    await dashboard.putCell({ site: 'shop', granularity: 'hour', at: now }, visit(1, 1234))
    await dashboard.putIncident(anIncident({ at: now - 60_000, end: undefined }))
    await readsGermanAt('/sites/shop', 'Verweise')
    await reader
      .getByRole('button', { name: /^Seitenaufrufe/ })
      .filter({ hasText: '1.234' })
      .waitFor()
    expect(await englishSaid(reader)).toEqual([])
    await press('Einstellungen')
    expect(await englishSaid(reader)).toEqual([])
    await press(/^Zeitraum/)
    expect(await englishSaid(reader)).toEqual([])
    await readsGermanAt('/sites/shop?period=30d&metric=bounceRate', '23. Nov.')
    await readsGermanAt('/sites/none', 'gibt es nicht')
  })

  it('reads how to begin', async () => {
    await readsGermanAt('/sites/shop', 'Warten auf den ersten Besuch')
  })

  it('reads the pipeline', async () => {
    await dashboard.putLag({
      consumer: 'aggregator',
      shardId: 'shardId-000000000000',
      reportedAt: now,
      reportsWithinMs: 2000,
      behindMs: 1200,
      behindRecords: 3,
      windowMs: 400,
      position: '1',
      arrivedAt: now,
      handledAt: now,
      activeSince: now,
      handledRecords: 9,
    })
    await readsGermanAt('/pipeline', 'Pünktlich')
  })

  it('reads what replays are for, how one is asked for, and what one changes', async () => {
    await readsGermanAt('/replays', 'Noch keine Wiederholung', () => press('Wiederholung starten'))
    await create('r1', {}, aReport('r1', 'shop', ['2026-11-22']))
    await readsGermanAt('/replays', 'Fertig')
    await readsGermanAt('/replays/r1', 'Was sich dadurch ändert')
    await press('Verwerfen')
    expect(await englishSaid(reader)).toEqual([])
    await readsGermanAt('/sites/shop?generation=r1', 'Als Generation r1')
  })

  it('reads the settings', async () => {
    await readsGermanAt('/sites/shop/settings', 'Noch ist niemand eingeladen')
  })

  it('reads why signing in was refused', async () => {
    // A page without its cookie goes to sign in by itself, in between.
    await reader.goto('about:blank')
    await reader.context().clearCookies()
    await readsGermanAt('/sign-in?token=wrong', 'Das passt nicht zusammen')
  })

  it('reads a refusal of the API', async () => {
    await readsGermanAt('/replays', 'Noch keine Wiederholung', () => press('Wiederholung starten'))
    await reader.getByLabel('Erster Tag').fill('2001-01-01')
    await reader.getByRole('button', { name: 'Starten', exact: true }).click()
    await reader.getByRole('alert').first().waitFor()
    expect(await englishSaid(reader)).toEqual([])
  })
})

it('is shown in a browser whose own language is no language', async () => {
  const reader = await signedInPage({ locale: 'en-US@posix' })
  await reader.goto(`${address}/sites/shop`)
  await reader.getByText('Waiting for the first visit').waitFor()
  await reader.close()
})

describe('the choice of a language', () => {
  it('holds from then on, until the browser is asked again', async () => {
    await page.getByText('Waiting for the first visit').waitFor()
    expect(await englishSaid(page)).toContain('Waiting for the first visit')
    const lang = () => page.evaluate<string>('document.documentElement.lang')
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByLabel('Deutsch').click({ force: true })
    await page.getByRole('button', { name: 'Einstellungen' }).waitFor()
    expect(await lang()).toBe('de')
    await page.goto(`${address}/pipeline`)
    await page.getByText('Zurück zu den Zahlen').waitFor()
    await page.getByRole('button', { name: 'Einstellungen' }).click()
    expect(await page.getByLabel('Deutsch').isChecked()).toBe(true)
    await page.getByRole('group', { name: 'Sprache' }).getByLabel('Browser').click({ force: true })
    await page.getByRole('button', { name: 'Settings' }).waitFor()
    expect(await lang()).toBe('en')
  })
})
