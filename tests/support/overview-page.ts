/**
 * A browser of a site owner, and a dashboard of its own over real tables for each test of the file that imports this.
 * `dashboard` and `page` are those of the test that runs.
 */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Cell, type Counts, emptyCell, figuresOf } from '../../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { launchBrowser } from './browser.ts'
import { builtPage } from './built-page.ts'
import { adminToken, now, startDashboard, type TestDashboard } from './dashboard.ts'
import { makeFactsFolder } from './facts.ts'

let browser: Browser
beforeAll(async () => {
  ;[browser] = await Promise.all([launchBrowser(), builtPage()])
}, 60_000)
afterAll(() => browser?.close())

export let dashboard: TestDashboard
export let page: Page
let facts: Awaited<ReturnType<typeof makeFactsFolder>>
let address: string
beforeEach(async () => {
  facts = await makeFactsFolder()
  const bounds = { maxMb: 64, memoryMb: 128, timeoutMs: 10_000 }
  // Nothing is archived: what comes from facts is nothing here.
  const place = { stream: 'none', folder: facts.folder, ...bounds }
  dashboard = await startDashboard({ facts: place, assets: await builtPage() })
  await dashboard.createSite('shop')
  address = await dashboard.app.listen({ host: '127.0.0.1', port: 0 })
  page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(10_000)
  await page.clock.setFixedTime(now)
  await page.goto(`${address}/sign-in?token=${adminToken}`)
})
afterEach(async () => {
  await page.close()
  await dashboard.close()
  await facts.remove()
})

export const open = (query = '') => page.goto(`${address}/sites/shop${query}`)
/** What the address asks for. */
export const asked = () => Object.fromEntries(new URL(page.url()).searchParams)
export const button = (name: string | RegExp) => page.getByRole('button', { name })
/** As it is read on the screen, columns apart. */
export async function textOf(locator: Locator): Promise<string> {
  await locator.waitFor()
  return (await locator.allInnerTexts()).join()
}
export const shows = (text: string | RegExp) => page.getByText(text).first().waitFor()

/** A cell that counts the same in its totals and under each value. */
export function counted(
  counts: Partial<Counts>,
  visitors: readonly number[],
  values: [Dimension, string][] = [],
): Cell {
  const cell = emptyCell()
  for (const figures of [cell.totals, ...values.map(([dimension, value]) => figuresOf(cell, dimension, value))]) {
    Object.assign(figures, counts)
    for (const visitor of visitors) figures.visitors.add(visitor)
  }
  return cell
}

/** Counts in the cells of the hour and the day. */
export async function put(at: number, cell: Cell, segment?: string): Promise<void> {
  for (const granularity of ['hour', 'day'] as const)
    await dashboard.putCell({ site: 'shop', granularity, at, ...(segment && { segment }) }, cell)
}
