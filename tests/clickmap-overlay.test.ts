/**
 * The click map in a browser: somebody clicks on a page of the demo site, what the snippet sent goes through the fold into
 * real tables, and the dashboard's owner opens the map, there and over the page itself.
 */
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gridColumns, gridRowPixels } from '../consumers/aggregator/shapes/click-grid.ts'
import { createDemoSite } from '../local/demo-site/server.ts'
import { buildSnippet } from '../snippet/build.ts'
import { findProblems } from './support/accessibility.ts'
import { launchBrowser } from './support/browser.ts'
import { builtPage } from './support/built-page.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { adminToken, bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { countCaptured, type Place, visitNotice } from './support/notice-page.ts'

const widths = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } } as const

let browser: Browser
let capture: Capture
let demo: FastifyInstance
let dashboard: TestDashboard
let origin: string
let address: string
/** Where on the page the button was that everybody clicked, at each width. */
const watered: Record<string, Place> = {}

beforeAll(async () => {
  const [launched, snippet] = await Promise.all([launchBrowser(), buildSnippet(), builtPage()])
  browser = launched
  capture = await startCapture(snippet.code, '')
  demo = createDemoSite({ snippetUrl: `${capture.origin}/retrace.js`, site: 'demo', dashboardUrl: 'http://localhost/' })
  demo.addHook('onSend', async (request, reply) => {
    if (request.url.endsWith('?strict')) reply.header('content-security-policy', strictPolicy())
  })
  origin = await demo.listen({ host: '127.0.0.1', port: 0 })
  dashboard = await startDashboard({ assets: await builtPage() })
  const payload = { site: 'demo', name: 'Demo', timeZone: 'UTC', origins: [origin] }
  await dashboard.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
  address = await dashboard.app.listen({ host: '127.0.0.1', port: 0 })
  watered.wide = await visitNotice(browser, widths.wide, { capture, origin, times: 3 })
  watered.phone = await visitNotice(browser, widths.phone, { capture, origin, times: 2 })
  await countCaptured(capture, dashboard)
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await Promise.all([demo?.close(), capture?.close()])
  await dashboard?.close()
})

/** Nothing inline, nothing from elsewhere, no text that becomes code; the demo page's own scripts and styles as they are. */
const strictPolicy = () =>
  [
    "default-src 'none'",
    `script-src 'self' ${capture.origin}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${capture.origin} ${address}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')

async function openDashboard(viewport: { width: number; height: number }, scheme: 'light' | 'dark' = 'light') {
  const context = await browser.newContext({ locale: 'en-GB', viewport, colorScheme: scheme })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.clock.setFixedTime(now)
  await page.goto(`${address}/sign-in?token=${adminToken}`)
  await page.goto(`${address}/sites/demo/explore/clicks?chosen=%2Fnotice`)
  await page.locator('.clickmap-side').waitFor()
  return page
}

/** Through the button of the dashboard. */
async function openLive(page: Page): Promise<Page> {
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Open on the live page' }).click()
  const live = await opening
  await live.waitForURL(`${origin}/notice`)
  await live.locator('retrace-map .segments').first().waitFor()
  return live
}

const outline = "document.querySelector('.clickmap-scroll canvas')"
const overlay = "document.querySelector('retrace-map').shadowRoot.querySelector('canvas.heat')"
/** @returns how much is drawn there, of 255 */
const alphaAt = (page: Page, canvas: string, x: number, y: number) =>
  page.evaluate<number>(`${canvas}.getContext('2d').getImageData(${Math.round(x)}, ${Math.round(y)}, 1, 1).data[3]`)
/** The middle of the square that a place is in, in pixels of the page. */
const middleOf = ({ x, y, docW }: Place) => ({
  x: ((Math.floor((x / docW) * gridColumns) + 0.5) / gridColumns) * docW,
  y: (Math.floor(y / gridRowPixels) + 0.5) * gridRowPixels,
})

describe.each(['wide', 'phone'] as const)('at the width of a %s window', (name) => {
  it('the dashboard shows the clicks that were made, at their elements and places', async () => {
    const page = await openDashboard(widths[name])
    const countsOf = async (selector: string) => {
      const rows = page.locator('.clickmap-side .bar-row', { hasText: selector })
      return (await rows.locator('.bar-count').allTextContents()).reduce((sum, text) => sum + Number(text), 0)
    }
    // Its label changes with each click.
    expect(await countsOf('#water')).toBe(5)
    expect(await countsOf('#bell')).toBe(8)
    expect(await countsOf('plant-dice')).toBe(2)
    const screen = name === 'wide' ? 'Desktop' : 'Phone'
    await page.getByRole('radio', { name: new RegExp(screen) }).check()
    const usual = name === 'wide' ? 1680 : 390
    const { x, docW } = watered[name] as Place
    const { y } = middleOf(watered[name] as Place)
    const across = name === 'wide' ? 640 : 320
    const scale = across / usual
    const at = { x: (Math.floor((x / docW) * gridColumns) + 0.5) * (across / gridColumns), y: y * scale }
    await eventually(async () => (await alphaAt(page, outline, at.x, at.y)) > 100)
    expect(await alphaAt(page, outline, across - 4, at.y)).toBe(0)
    await page.getByRole('radio', { name: /Dead clicks/ }).check()
    expect(await countsOf('#dead')).toBe(2)
    expect(await findProblems(page)).toEqual([])
    await page.context().close()
  })

  it('the live page shows them where they were made, counts nothing of it, and is itself again after Escape', async () => {
    const page = await openDashboard(widths[name])
    const requests = capture.requests.length
    const live = await openLive(page)
    const layout = () =>
      live.evaluate<string>('[document.documentElement.scrollWidth, document.documentElement.scrollHeight].join()')
    const { docW, docH } = watered[name] as Place
    expect(live.url()).not.toContain('#')
    expect(await layout()).toBe(`${docW},${docH}`)

    const badge = live.locator('retrace-map .badge', { hasText: /^5$/ })
    await eventually(async () => (await badge.count()) === 1)
    await live.locator('#water').scrollIntoViewIfNeeded()
    const middle = middleOf(watered[name] as Place)
    const scrolled = () => live.evaluate<{ x: number; y: number }>('({ x: scrollX, y: scrollY })')
    await eventually(async () => {
      const { x, y } = await scrolled()
      return (await alphaAt(live, overlay, middle.x - x, middle.y - y)) > 100
    })
    const { x, y } = await scrolled()
    expect(await alphaAt(live, overlay, ((middle.x + docW / 2) % docW) - x, middle.y - y + 96)).toBe(0)
    await eventually(async () => {
      const [button, count] = await Promise.all([live.locator('#water').boundingBox(), badge.boundingBox()])
      const right = (button?.x ?? 0) + (button?.width ?? 0)
      const from = Math.hypot(
        (count?.x ?? 0) + (count?.width ?? 0) / 2 - right,
        (count?.y ?? 0) + (count?.height ?? 0) / 2 - (button?.y ?? 0),
      )
      return from < 4
    })

    await live.getByRole('radio', { name: /Rage/ }).check()
    await live.locator('retrace-map li button', { hasText: '#bell' }).focus()
    await live.keyboard.press('Enter')
    await eventually(async () => (await live.locator('retrace-map .badge[data-mode=rage]').count()) === 1)
    await live.getByRole('radio', { name: /Dead/ }).check()
    await live.locator('retrace-map li button', { hasText: '#dead' }).waitFor()
    await live.locator('retrace-map').getByLabel('Scroll depth').check()
    await eventually(async () => (await live.locator('retrace-map .band').count()) > 0)
    expect(await findProblems(live)).toEqual([])

    await live.keyboard.press('Escape')
    expect(await live.locator('retrace-map').count()).toBe(0)
    expect(await layout()).toBe(`${docW},${docH}`)
    await live.goto('about:blank')
    expect(capture.requests.length).toBe(requests)
    await page.context().close()
  })
})

it('is reached from the list of pages, with the page chosen', async () => {
  const page = await openDashboard(widths.wide)
  await page.goto(`${address}/sites/demo?details=page`)
  await page.getByRole('link', { name: 'Click map: /notice' }).click()
  await page.locator('.clickmap-side').waitFor()
  expect(new URL(page.url()).pathname).toBe('/sites/demo/explore/clicks')
  expect(await page.locator('.clickmap-page select').inputValue()).toBe('/notice')
  await page.context().close()
})

it('finds elements again when the page has changed a little, and lists those that are gone', async () => {
  const page = await openDashboard(widths.wide)
  const live = await openLive(page)
  await live.evaluate(`{
    const button = document.querySelector('#water')
    button.id = 'water-2026'
    button.replaceWith(Object.assign(document.createElement('div'), { id: 'around-it' }))
    document.querySelector('#around-it').append(button)
    document.querySelector('#bell').remove()
  }`)
  const missing = live.locator('retrace-map details', { hasText: 'Not on this page' })
  await eventually(async () => (await missing.count()) === 1)
  const gone = await missing.locator('code').allTextContents()
  expect([...new Set(gone)]).toEqual(['#bell'])
  await eventually(async () => (await live.locator('retrace-map .badge', { hasText: /^5$/ }).count()) === 1)
  await page.context().close()
})

it('is drawn on a page with a strict policy, which has to name the endpoint and the dashboard', async () => {
  const made = await dashboard.inject({
    method: 'POST',
    url: '/api/sites/demo/clickmap/links?page=%2Fnotice',
    headers: { ...bearer, host: new URL(address).host },
    payload: { url: `${origin}/notice?strict` },
  })
  // In the language that a machine without one tells, which not all of Intl understands.
  const page = await browser.newPage({ viewport: widths.wide })
  const refusals: string[] = []
  page.on('console', (message) => {
    if (/Content.Security.Policy|TrustedScript/i.test(message.text())) refusals.push(message.text())
  })
  const answered = page.waitForResponse((response) => response.url().startsWith(address))
  await page.goto(made.json().url)
  expect((await answered).status()).toBe(200)
  await page.locator('retrace-map .badge', { hasText: /^5$/ }).waitFor()
  // Its buttons stand where its styles put them: over the page, out of its flow.
  const badge = "document.querySelector('retrace-map').shadowRoot.querySelector('.badge')"
  expect(await page.evaluate(`getComputedStyle(${badge}).position`)).toBe('absolute')
  expect(refusals.filter((text) => /retrace/.test(text))).toEqual([])
  await page.close()
})

it('shows nothing to who has no token that is good, and says so', async () => {
  const page = await openDashboard(widths.wide)
  const live = await openLive(page)
  const made = await dashboard.inject({
    method: 'POST',
    url: '/api/sites/demo/clickmap/links?page=%2Fnotice',
    headers: { ...bearer, host: new URL(address).host },
    payload: { url: `${origin}/notice` },
  })
  const { url } = made.json()
  // Another page's content under the signature of this one.
  const [, content = '', signature = ''] = /=([\w-]+)\.([\w-]+)$/.exec(url) ?? []
  const grant = JSON.parse(Buffer.from(content, 'base64url').toString())
  const changed = Buffer.from(JSON.stringify({ ...grant, query: { ...grant.query, page: '/' } })).toString('base64url')
  await live.goto('about:blank')
  await live.goto(`${origin}/notice#retrace-map.js=${changed}.${signature}`)
  await live.locator('retrace-map').getByRole('alert').waitFor()
  expect(await live.locator('retrace-map').getByRole('alert').textContent()).toContain('This link is over')
  expect(await live.locator('retrace-map .badge').count()).toBe(0)
  await live.goto('about:blank')
  await live.goto(url)
  await live.locator('retrace-map .badge').first().waitFor()
  await page.context().close()
})

it('is nothing to a page without such an address: the third file is never asked for', async () => {
  const page = await browser.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const more = page.waitForResponse('**/retrace-more.js')
  await page.goto(`${origin}/notice#roots`)
  await (await more).finished()
  await page.waitForLoadState('networkidle')
  expect(asked).toContain('/retrace-more.js')
  expect(asked).not.toContain('/retrace-map.js')
  await page.close()
})
