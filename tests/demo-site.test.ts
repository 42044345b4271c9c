/** The sample website: what can be tried on it, and that its receipt says what is sent. */
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDemoSite } from '../local/demo-site/server.ts'
import { buildSnippet } from '../snippet/build.ts'
import { findProblems } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'

let browser: Browser
let capture: Capture
let site: FastifyInstance
let origin: string
let page: Page

beforeAll(async () => {
  const [snippet, launched] = await Promise.all([buildSnippet(), launchBrowser()])
  browser = launched
  capture = await startCapture(snippet.code, '')
  site = createDemoSite({ snippetUrl: `${capture.origin}/retrace.js`, site: 'demo', dashboardUrl: 'http://localhost/' })
  origin = await site.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([site?.close(), capture?.close()])
})
beforeEach(async () => {
  page = await browser.newPage()
})
afterEach(() => page.context().close())

/** The lines of the receipt, the latest first: what each says it is. How quick the page was is not of interest here. */
const lines = async () => {
  const all = await page.locator('event-receipt .what b').allTextContents()
  return all.filter((text) => !text.startsWith('vital'))
}

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it.each([360, 1440])('every page is in order at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const path of ['/', '/plants', '/plants/royal-fern', '/journal', '/visit', '/contact', '/basket', '/notice']) {
      await page.goto(origin + path)
      expect(await findProblems(page), path).toEqual([])
    }
    await page.click('#water')
    await eventually(async () => expect(await lines()).toContain('click'))
    expect(await findProblems(page)).toEqual([])
  })
})

describe('the receipt', () => {
  it('prints each event as it is sent, with its fields, and says how much that was', async () => {
    await page.goto(`${origin}/notice`)
    await page.click('#plant-bulb')
    await eventually(async () =>
      expect((await lines()).toReversed()).toEqual(['pageview', 'click', 'custom: bulb planted']),
    )
    const custom = page.locator('event-receipt li', { hasText: 'bulb planted' })
    expect(await custom.locator('dt').allTextContents()).toEqual(['url', 'props.plant', 'props.depthCm', 'props.inPot'])
    expect(await custom.locator('dd').allTextContents()).toEqual(['/notice', 'snowdrop', '8', 'false'])
    expect(await page.locator('event-receipt .tally').textContent()).toMatch(/^\d requests?, \d\.\d KB$/)
  })

  it('keeps what was sent while the page before went away', async () => {
    await page.goto(origin)
    await page.getByRole('link', { name: 'what every click sends' }).click()
    await page.waitForURL('**/notice')
    await eventually(async () => expect(await lines()).toEqual(expect.arrayContaining(['pageview', 'click'])))
    expect(await page.locator('event-receipt ol').textContent()).toContain('what every click sends')
  })

  it('shows once what is sent twice', async () => {
    capture.answers.push({ status: 503 })
    await page.goto(`${origin}/notice`)
    const again = page.locator('event-receipt li', { hasText: 'pageview' }).locator('.again')
    await eventually(async () => expect(await again.allTextContents()).toEqual(['sent 2 times, counts once']))
    expect(await lines()).toEqual(['pageview'])
  })
})
