/** `npm run screenshots`: every page of the dashboard as docs/images shows it, from a seeded past. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { buildDashboard } from '../../dashboard/build.ts'
import { launchBrowser } from '../../tests/support/browser.ts'
import { foldPast, storeCells } from '../bench-dashboard/fill.ts'
import { type Stack, startStack, token } from '../bench-dashboard/stack.ts'
import { runCommand } from '../command.ts'
import { exploredSite, storeExplored } from './explored.ts'
import { storeIncidents, storeNotes } from './noticed.ts'
import { archiveEvent, storeLags, storeLedger, storeReplays, storeSettings, tracedLoad } from './past.ts'

const usage = `Usage: npm run screenshots

Takes the pictures of docs/images: every page of the dashboard, wide and narrow, light and dark, from a seeded past.`

const folder = join(import.meta.dirname, '../../docs/images')
const site = 'garden.example'
const past = { site, events: 60_000, days: 60, seed: 7 }

/** By the name of the picture; what is done there, and what must be there before it is taken. */
const pages: readonly { name: string; path: string; act?: (page: Page) => Promise<void>; filled: string }[] = [
  { name: 'overview', path: `/sites/${site}?period=30d`, filled: '.bar-row' },
  { name: 'pipeline', path: '/pipeline', filled: '.shard-lag' },
  { name: 'trace', path: '/pipeline', act: traceOne, filled: 'text="Archive"' },
  { name: 'replays', path: '/replays', filled: '.replay-mark' },
  { name: 'anomalies', path: `/sites/${site}/anomalies`, filled: 'text=Add to basket' },
  { name: 'settings', path: `/sites/${site}/settings`, filled: 'text=a1b2c3d4e5f60718' },
  { name: 'clicks', path: `/sites/${exploredSite}/explore/clicks?period=30d&chosen=%2F`, filled: '.clickmap-scale' },
  { name: 'funnels', path: `/sites/${exploredSite}/explore/funnels?period=30d`, filled: '.funnel-bar' },
  { name: 'journeys', path: `/sites/${exploredSite}/explore/journeys?period=30d`, filled: '.journeys-scroll' },
  { name: 'retention', path: `/sites/${exploredSite}/explore/retention?period=12mo`, filled: '.retention-scroll' },
]
const widths = [
  { size: 'narrow', width: 360, height: 800 },
  { size: 'wide', width: 1440, height: 900 },
] as const
const themes = ['light', 'dark'] as const

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
  if (values.help) return console.log(usage)
  const now = Date.now()
  await buildDashboard()
  const cells = await foldPast({ ...past, until: now })
  const stack = await startStack({ site, timeZone: 'UTC', isWhole: true })
  try {
    await storeCells(stack.client, `${stack.settings.RETRACE_TABLE_PREFIX}cells`, cells)
    await storeLedger({ stack, site, now })
    await storeReplays({ stack, site, now })
    await storeSettings({ stack, site, now })
    await archiveEvent({ stack, site, now })
    await storeIncidents({ stack, site, now })
    await storeNotes({ stack, site, now })
    await storeExplored(stack, now)
    await mkdir(folder, { recursive: true })
    const browser = await launchBrowser()
    try {
      for (const colorScheme of themes) for (const window of widths) await takeAll(stack, browser, colorScheme, window)
    } finally {
      await browser.close()
    }
  } finally {
    await stack.close()
  }
}

async function takeAll(
  stack: Stack,
  browser: Browser,
  colorScheme: (typeof themes)[number],
  { size, ...viewport }: (typeof widths)[number],
) {
  const context = await browser.newContext({ locale: 'en-GB', colorScheme, viewport, reducedMotion: 'reduce' })
  await context.request.get(`${stack.address}/sign-in?token=${token}`)
  const page = await context.newPage()
  for (const { name, path, act, filled } of pages) {
    if (path === '/pipeline') await storeLags(stack)
    await page.goto(`${stack.address}${path}`)
    await act?.(page)
    await page.locator(filled).first().waitFor()
    await page.evaluate('document.fonts.ready')
    const file = `${name}-${size}-${colorScheme}.png`
    const image = await page.screenshot({ fullPage: true })
    await writeFile(join(folder, file), image)
    console.log(`docs/images/${file}  ${Math.round(image.length / 1024)} KB`)
  }
  await context.close()
}

async function traceOne(page: Page): Promise<void> {
  const form = page.getByRole('region', { name: 'Trace one event' })
  await form.getByLabel('Site').selectOption(site)
  await form.getByLabel('Page load').fill(tracedLoad)
  await form.getByRole('button', { name: 'Trace' }).click()
}

runCommand(usage, main)
