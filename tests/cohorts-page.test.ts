/** Retention as a site owner reads it: a browser, and a dashboard over what consumers made of people who come back. */
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { loadAssets } from '../dashboard/assets.ts'
import { buildDashboard } from '../dashboard/build.ts'
import { createDashboard, type DashboardOptions } from '../dashboard/server.ts'
import { createDynamoClient } from '../ingest/dynamodb.ts'
import { createSalts } from '../ingest/salts.ts'
import { findProblems } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'
import { adminToken, bearer } from './support/dashboard.ts'
import { makeFactsFolder, optionsWithFacts } from './support/facts.ts'
import { aMember } from './support/people.ts'
import { comeBack } from './support/returning.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
/** A Monday on which the site begins to remember, and a Wednesday five weeks later. */
const since = Date.parse('2026-03-09T00:00Z')
const end = Date.parse('2026-04-15T12:00Z')
const days = Array.from({ length: 12 }, (_, i) => since + i * 3 * dayMs)

let now = end
let stores: TestStores
let browser: Browser
let files: Awaited<ReturnType<typeof makeFactsFolder>>
let options: DashboardOptions
let app: FastifyInstance
let address: string
let page: Page
beforeAll(async () => {
  ;[stores, browser, files] = await Promise.all([startStores(), launchBrowser(), makeFactsFolder()])
  await buildDashboard()
  const environment = await freshEnvironment('cohorts-page')
  const bounds = { maxMb: 64, memoryMb: 128, timeoutMs: 10_000 }
  const assets = await loadAssets('dist/dashboard')
  options = { ...optionsWithFacts(environment, files.folder, bounds, () => now), assets }
  app = await createDashboard(options)
  address = await app.listen({ host: '127.0.0.1', port: 0 })
  const site = { site: 'demo', rememberedWeeks: 4, rememberedFrom: since }
  const salts = createSalts(createDynamoClient(), environment.table('salts'))
  const { deliveries } = await comeBack(salts, site, { people: 30, days, seed: 3 })
  await putTraffic(stores.settings, deliveries, 20)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await app?.close()
  await files?.remove()
  await stores?.close()
})
beforeEach(async () => {
  page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(30_000)
  await page.goto(`${address}/sign-in?token=${adminToken}`)
})
afterEach(() => page.close())

/** As if it had been said just before it began. */
async function remember(rememberedWeeks: number | null): Promise<void> {
  now = since - 3_600_000
  await app.inject({ method: 'POST', url: '/api/sites/demo/visitors', headers: bearer, payload: { rememberedWeeks } })
  now = end
}
const open = (query = 'from=2026-03-02&to=2026-04-15') =>
  page.goto(`${address}/sites/demo/explore/retention?period=custom&${query}`)

it('says why there is none where visitors are known for a day, and leads its owner to the setting', async () => {
  await open()
  await page.getByRole('heading', { name: 'Visitors are known for a day' }).waitFor()
  expect(await findProblems(page)).toEqual([])
  await page.getByRole('link', { name: 'To the setting' }).click()
  const form = page.getByRole('region', { name: 'How long visitors are remembered' })
  await form.getByLabel('Visitors are remembered for').selectOption('4 weeks')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remember visitors' }).click()
  await form.getByText('Names last for weeks from 16 Apr 2026 on').waitFor()
  await open('from=2026-03-01&to=2026-03-08')
  await page.getByText('are remembered from 16 Apr 2026 on').waitFor()
})

it('leads nobody there who cannot change it', async () => {
  await remember(null)
  const cookie = await aMember({ options }, 'vera@example.org', { demo: 'viewer' }, end)
  const [name = '', value = ''] = cookie.split('=')
  await page.context().clearCookies()
  await page.context().addCookies([{ name, value, url: address }])
  await open()
  await page.getByText('An owner of this site can turn it on').waitFor()
  expect(await page.getByRole('link', { name: 'To the setting' }).count()).toBe(0)
})

it('has the figures of the API as a table whose cells are as strong as their shares, also as CSV', async () => {
  await remember(4)
  await open()
  const table = page.getByRole('region', { name: 'Visitors who came back, by week' })
  await table.waitFor()
  const range = 'from=2026-03-02&to=2026-04-15'
  const answer = await app.inject({ url: `/api/sites/demo/cohorts?${range}`, headers: bearer })
  const { cohorts } = answer.json()
  const [first] = cohorts
  const row = table.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /^9 – 15 Mar 2026/ }) })
  const percents = first.later.map(({ rate }: { rate: number }) => `${Math.round(rate * 100)}%`)
  expect(await row.getByRole('cell').allInnerTexts()).toEqual([String(first.visitors), ...percents])
  await row.getByText('Names begin: everybody is new').waitFor()
  // The last week is not over.
  await table.getByText('13 – 19 Apr 2026*').waitFor()
  expect(await table.getByText(/^\d+%\*$/).count()).toBe(1)

  const strengths = await row.getByRole('cell').evaluateAll((cells) =>
    cells.slice(1).map((cell) => {
      const [, alpha = '0'] = /\/ ([\d.]+)\)$/.exec(getComputedStyle(cell).backgroundColor) ?? []
      return Number(alpha)
    }),
  )
  const rates: number[] = first.later.map(({ rate }: { rate: number }) => rate)
  const strongest = Math.max(
    ...cohorts.flatMap((each: typeof first) => each.later.map((cell: { rate: number }) => cell.rate)),
  )
  for (const [i, rate] of rates.entries()) expect(strengths[i]).toBeCloseTo((0.45 * rate) / strongest, 2)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('demo-retention.csv')

  await page.goto(`${address}/sites/demo/explore/retention?period=custom&${range}&filter=source:news`)
  const filtered = (
    await app.inject({ url: `/api/sites/demo/cohorts?${range}&filter=source:news`, headers: bearer })
  ).json()
  expect(filtered.cohorts[0].visitors).toBeLessThan(first.visitors)
  await row
    .getByRole('cell', { name: String(filtered.cohorts[0].visitors), exact: true })
    .first()
    .waitFor()
})

it('says when a period is too short, or nobody was there', async () => {
  await open('from=2026-04-06&to=2026-04-08')
  await page.getByText('This period has no later weeks yet.').waitFor()
  await page.getByRole('link', { name: 'Look at the last 12 months' }).click()
  await page.getByRole('columnheader', { name: 'Weeks later' }).waitFor()
  await open('from=2026-03-02&to=2026-04-15&filter=country:US')
  await page.getByText('Nobody was first seen in this period.').waitFor()
})

it.each([360, 1440])('is without problems %i pixels wide, light and dark, in German too', async (width) => {
  await page.setViewportSize({ width, height: 900 })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await open()
    await page.getByRole('columnheader', { name: 'Weeks later' }).waitFor()
    expect(await findProblems(page)).toEqual([])
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/${width}-${colorScheme}.png`, fullPage: true })
  }
  const german = await browser.newPage({ locale: 'de-DE', viewport: { width, height: 900 } })
  await german.context().addCookies(await page.context().cookies())
  await german.goto(page.url())
  await german.getByRole('columnheader', { name: 'Wochen danach' }).waitFor()
  expect(await findProblems(german)).toEqual([])
  await german.close()
})
