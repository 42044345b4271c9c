/**
 * A browser of an administrator, and a dashboard of its own over real stores for each test of the file that imports this.
 * `dashboard`, `app` and `page` are those of the test that runs.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { FastifyInstance } from 'fastify'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createExclusionStore } from '../../consumers/aggregator/shapes/exclusions.ts'
import { createManifest } from '../../consumers/archiver/manifest.ts'
import { createParquetSink } from '../../consumers/archiver/parquet-sink.ts'
import { createSiteArchive } from '../../consumers/archiver/shapes/site-archive.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import { type ReplayReport, reportKey } from '../../consumers/replay/shapes/report.ts'
import { createObjects } from '../../consumers/runtime/objects.ts'
import { createTraces } from '../../consumers/trace/shapes/traces.ts'
import type { DashboardOptions } from '../../dashboard/server.ts'
import { createReportStore } from '../../dashboard/store/reports.ts'
import { createSetAsideStore } from '../../dashboard/store/set-aside.ts'
import { createKinesisClient, createS3Client, type Store } from '../../dashboard/store/store.ts'
import { store as storeRows } from './archive.ts'
import { launchBrowser } from './browser.ts'
import { builtPage } from './built-page.ts'
import { adminToken, now, startDashboard, type TestDashboard } from './dashboard.ts'
import { aDelivery, anEvent } from './events.ts'
import { startStores, type TestStores } from './stores.ts'

let stores: TestStores
let browser: Browser
let client: ReturnType<typeof createS3Client>
let kinesis: ReturnType<typeof createKinesisClient>
beforeAll(async () => {
  ;[stores, browser] = await Promise.all([startStores(), launchBrowser(), builtPage()])
  client = createS3Client()
  kinesis = createKinesisClient()
}, 60_000)
afterAll(async () => {
  client?.destroy()
  kinesis?.destroy()
  await Promise.all([browser?.close(), stores?.close()])
})

export let dashboard: TestDashboard
export let app: FastifyInstance
export let address: string
export let page: Page
beforeEach(async () => {
  dashboard = await startDashboard({ assets: await builtPage(), more: overStores })
  app = dashboard.app
  await dashboard.createSite('shop')
  address = await app.listen({ host: '127.0.0.1', port: 0 })
  page = await signedInPage()
})
afterEach(async () => {
  await page.close()
  await dashboard.close()
})

/** What lies in the bucket and the stream. */
function overStores(dynamo: DynamoDBClient, store: Store): Partial<DashboardOptions> {
  const place = { dynamo, tablePrefix: 'retrace-', s3: client, bucket: bucket() }
  return {
    store: {
      ...store,
      reports: createReportStore(client, bucket()),
      setAside: createSetAsideStore(client, bucket()),
      archive: createSiteArchive(place),
      exclusions: createExclusionStore(place),
    },
    traces: createTraces({ ...place, kinesis, stream: stores.settings.RETRACE_STREAM }),
  }
}

/** Another browser of the administrator, at the time of the dashboard. Whoever opens it closes it. */
export async function signedInPage(options: BrowserContextOptions = {}): Promise<Page> {
  const opened = await browser.newPage({ locale: 'en-GB', viewport: { width: 1440, height: 900 }, ...options })
  opened.setDefaultTimeout(10_000)
  await opened.clock.setFixedTime(now)
  await opened.goto(`${address}/sign-in?token=${adminToken}`)
  return opened
}

export const bucket = () => stores.settings.RETRACE_BUCKET
/** Archives one page view of `shop`. */
export async function archiveRow(received: number): Promise<void> {
  const manifest = createManifest(dashboard.client, 'retrace-archive')
  const sink = createParquetSink({ manifest, objects: createObjects(client, bucket()), now: () => now }).open(
    'shardId-0',
  )
  const { events, ...delivery } = aDelivery({ site: 'shop', received })
  const place = { shardId: 'shardId-0', sequence: '1', index: 0 }
  const record = { producerId: 'fedcba9876543210', producerSequence: 0, traceId: '0'.repeat(32) }
  await storeRows(sink, [{ ...place, ...record, delivery, event: events[0] ?? anEvent() }])
}

export const generations = () => dashboard.options.store.generations

export async function create(
  id: string,
  different: Partial<GenerationRecord> = {},
  report?: ReplayReport,
): Promise<void> {
  const days = { from: '2026-11-22', to: '2026-11-22', segments: ['2026-11-22'] }
  const times = { requestedAt: now - 60_000, startedAt: now - 50_000, finishedAt: now - 20_000 }
  const record = { id, revision: 1, state: 'ready', sites: 'all', ...days, ...times, source: 'archive' } as const
  if (report) await putReport(id, report)
  const told = report && { counts: { ...report.events, ...report.cells }, report: reportKey(id) }
  await generations().create({ ...record, ...told, ...different })
}

export async function putReport(id: string, report: ReplayReport): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket(), Key: reportKey(id), Body: JSON.stringify(report) }))
}

export const open = (path: string) => page.goto(`${address}${path}`)
export const button = (name: string) => page.getByRole('button', { name, exact: true })
export const shows = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 10_000 })
/** As it is read on the screen, columns apart. */
export async function textOf(locator: Locator): Promise<string> {
  await locator.waitFor()
  return (await locator.allInnerTexts()).join()
}
export const row = (figure: string) => page.locator(`tr[data-figure=${figure}]`)
