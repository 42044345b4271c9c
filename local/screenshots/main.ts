/** `npm run screenshots`: every page of the dashboard as docs/images shows it, from a seeded past. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Browser } from 'playwright-core'
import { createGenerationStore } from '../../consumers/replay/shapes/generation-store.ts'
import { lagAttributes, lagKey } from '../../consumers/runtime/shapes/lag.ts'
import { buildDashboard } from '../../dashboard/build.ts'
import { launchBrowser } from '../../tests/support/browser.ts'
import { foldPast, storeCells } from '../bench-dashboard/fill.ts'
import { type Stack, startStack, token } from '../bench-dashboard/stack.ts'

const folder = join(import.meta.dirname, '../../docs/images')
const site = 'garden.example'
const past = { site, events: 60_000, days: 60, seed: 7 }
const dayMs = 86_400_000

/** By the name of the picture; what must be there before it is taken. */
const pages = [
  { name: 'overview', path: `/sites/${site}?period=30d`, filled: '.bar-row' },
  { name: 'pipeline', path: '/pipeline', filled: '.shard-lag' },
  { name: 'replays', path: '/replays', filled: '.replay-mark' },
  { name: 'settings', path: `/sites/${site}/settings`, filled: 'text="Shared links"' },
] as const
const widths = [
  { size: 'narrow', width: 360, height: 800 },
  { size: 'wide', width: 1440, height: 900 },
] as const
const themes = ['light', 'dark'] as const

const now = Date.now()
await buildDashboard()
const cells = await foldPast({ ...past, until: now })
const stack = await startStack(site, 'UTC')
try {
  await storeCells(stack.client, `${stack.settings.RETRACE_TABLE_PREFIX}cells`, cells, now)
  await storeLags(stack)
  await storeReplays(stack)
  await mkdir(folder, { recursive: true })
  const browser = await launchBrowser()
  try {
    for (const colorScheme of themes) for (const window of widths) await takeAll(browser, colorScheme, window)
  } finally {
    await browser.close()
  }
} finally {
  await stack.close()
}

async function takeAll(
  browser: Browser,
  colorScheme: (typeof themes)[number],
  { size, ...viewport }: (typeof widths)[number],
) {
  const context = await browser.newContext({ locale: 'en-GB', colorScheme, viewport, reducedMotion: 'reduce' })
  await context.request.get(`${stack.address}/sign-in?token=${token}`)
  const page = await context.newPage()
  for (const { name, path, filled } of pages) {
    await page.goto(`${stack.address}${path}`)
    await page.locator(filled).first().waitFor()
    await page.evaluate('document.fonts.ready')
    const file = `${name}-${size}-${colorScheme}.png`
    const image = await page.screenshot({ fullPage: true })
    await writeFile(join(folder, file), image)
    console.log(`docs/images/${file}  ${Math.round(image.length / 1024)} KB`)
  }
  await context.close()
}

/** Consumers that are on time. */
async function storeLags({ client, settings }: Stack): Promise<void> {
  const consumers = { aggregator: 400, archiver: 60_000, 'anomaly-detector': 1000 }
  for (const [consumer, windowMs] of Object.entries(consumers))
    for (const shard of [0, 1]) {
      const lag = {
        consumer,
        shardId: `shardId-${String(shard).padStart(12, '0')}`,
        // Reports are to come for as long as the pictures take.
        reportedAt: now,
        reportsWithinMs: 600_000,
        behindMs: Math.round(windowMs * 0.6),
        behindRecords: 3 + shard,
        windowMs,
        position: '49000000000000000000000000000000000000000000000000000042',
        arrivedAt: now - windowMs,
        handledAt: now,
        activeSince: now - 3_600_000,
        handledRecords: 18_204,
      }
      const Item = { ...lagKey(lag), ...lagAttributes(lag) }
      await client.send(new PutItemCommand({ TableName: `${settings.RETRACE_TABLE_PREFIX}lag`, Item }))
    }
}

/** One that could be published, and one that was given up. */
async function storeReplays({ client, settings }: Stack): Promise<void> {
  const generations = createGenerationStore(client, `${settings.RETRACE_TABLE_PREFIX}control`)
  const day = (ago: number) => new Date(now - ago * dayMs).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const common = { revision: 1, sites: 'all', source: 'archive' } as const
  await generations.create({
    ...common,
    id: 'corrected-campaigns',
    state: 'ready',
    from: day(3),
    to: day(2),
    segments: [day(3), day(2)],
    requestedAt: now - 3_600_000,
    startedAt: now - 3_590_000,
    finishedAt: now - 3_500_000,
    counts: { replayed: 4012, compared: 174, changed: 12 },
  })
  await generations.create({
    ...common,
    id: 'first-attempt',
    state: 'dropped',
    from: day(3),
    to: day(3),
    segments: [day(3)],
    requestedAt: now - 7_200_000,
    startedAt: now - 7_190_000,
    finishedAt: now - 7_100_000,
  })
}
