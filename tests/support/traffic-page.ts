/** A browser, and a dashboard over what consumers made of traffic: one for all tests of the file that calls `overTraffic`. */
import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { composeAggregator } from '../../consumers/aggregator/compose.ts'
import { composeArchiver } from '../../consumers/archiver/compose.ts'
import { createDashboard } from '../../dashboard/server.ts'
import type { Delivery } from '../../stream/event.ts'
import { launchBrowser } from './browser.ts'
import { builtPage } from './built-page.ts'
import { adminToken } from './dashboard.ts'
import { noon } from './events.ts'
import { makeFactsFolder, optionsWithFacts } from './facts.ts'
import { startStores, type TestStores } from './stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './stream.ts'

/** What the clock of the dashboard shows: a day after the traffic of `events.ts`. */
export const now = noon + 24 * 3_600_000

export let app: FastifyInstance
export let address: string
/** Where the dashboard keeps what it reads of the archive. */
export let factsFolder: string
let browser: Browser

/** @param name of the tables and the bucket */
export function overTraffic(name: string, deliveries: Delivery[]): void {
  let stores: TestStores
  let files: Awaited<ReturnType<typeof makeFactsFolder>>
  beforeAll(async () => {
    ;[stores, browser, files] = await Promise.all([startStores(), launchBrowser(), makeFactsFolder(), builtPage()])
    factsFolder = files.folder
    await putTraffic(stores.settings, deliveries)
    const environment = await freshEnvironment(name)
    await Promise.all([
      runToEnd(composeAggregator(environment), stores.settings),
      runToEnd(composeArchiver(environment), stores.settings),
    ])
    const bounds = { maxMb: 64, memoryMb: 128, timeoutMs: 20_000 }
    const options = optionsWithFacts(environment, files.folder, bounds, () => now)
    app = await createDashboard({ ...options, assets: await builtPage() })
    address = await app.listen({ host: '127.0.0.1', port: 0 })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await app?.close()
    await files?.remove()
    await stores?.close()
  })
}

/** A window of the administrator, at the time of the dashboard. Whoever opens it closes it. */
export async function signedInPage(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, ...options })
  page.setDefaultTimeout(20_000)
  await page.clock.setFixedTime(now)
  await page.goto(`${address}/sign-in?token=${adminToken}`)
  return page
}
