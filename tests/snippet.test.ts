import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BuiltSnippet, buildSnippet } from '../snippet/build.ts'
import { readCanonical } from '../stream/canonical.ts'
import { checkEvent } from '../stream/validate.ts'
import { launchBrowser } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'

const html = `<!doctype html><html lang="en"><head><title>Ferns &amp; more</title>
<script defer src="/retrace.js" data-site="demo" data-automation data-more="none"></script></head><body>
<nav class="top"><a class="css-1x9f" href="/ferns?page=2#list">All <b>ferns</b></a><a href="/mosses">Mosses</a></nav>
<button id="buy">  Add to
  basket </button><button id="icon" aria-label="Search"></button><p id="plain">Not interactive</p><svg width="1" height="3000"></svg>
<label id="label" for="choice">Large pot</label><input type="checkbox" id="choice">
<input id="typed"><textarea id="letter">prefilled secret</textarea>
<div id="editor" role="button" contenteditable>editable secret</div>
<div data-retrace-mask><button id="masked">masked secret</button></div>
<button id="partly">Balance <span data-retrace-mask>partly secret</span></button>
<div data-retrace-mask><my-card id="masked-card"></my-card></div><my-card id="card"></my-card>
<script>customElements.define('my-card', class extends HTMLElement {
  constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<p><button class="more">Card secret</button></p>' }
})</script></body></html>`

let browser: Browser
let snippet: BuiltSnippet
let capture: Capture
let page: Page
let pageErrors: Error[]

beforeAll(async () => {
  ;[browser, snippet] = await Promise.all([launchBrowser(), buildSnippet()])
})
afterAll(() => browser?.close())

beforeEach(async () => {
  // Nothing but our own script and endpoint: no inline style, no eval. (The page's own inline script is allowed.)
  const policy = "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self'"
  capture = await startCapture(snippet.code, html, { 'content-security-policy': policy })
  page = await browser.newPage()
  pageErrors = []
  page.on('pageerror', (error) => pageErrors.push(error))
})

afterEach(async () => {
  await page.context().close()
  await capture.close()
  expect(pageErrors).toEqual([])
  for (const { events } of capture.requests)
    for (const event of events) expect(checkEvent(event, [])).toMatchObject({ ok: true })
})

const open = async (path = '/', wait: { referer?: string } = {}) => {
  await page.goto(capture.origin + path, wait)
  await eventually(() => capture.taken()[0])
}
const clicks = () => capture.taken().filter(({ type }) => type === 'click')
const views = () => capture.taken().filter(({ type }) => type === 'pageview')
const nthClick = (count: number) => eventually(() => clicks()[count - 1])

test('sends a page view on load', async () => {
  await page.setViewportSize({ width: 900, height: 700 })
  await open('/ferns?utm_source=letter#top', { referer: 'https://news.example/today' })
  const [request] = capture.requests
  expect(request).toMatchObject({ site: 'demo', contentType: expect.stringMatching(/^text\/plain/) })
  expect(Math.abs((request?.sentAt ?? 0) - Date.now())).toBeLessThan(10_000)
  expect(capture.taken()).toEqual([
    {
      type: 'pageview',
      load: expect.stringMatching(/^[0-9a-f]{16}$/),
      n: 0,
      at: expect.any(Number),
      url: `${capture.origin}/ferns?utm_source=letter`,
      referrer: 'https://news.example/today',
      title: 'Ferns & more',
      vw: 900,
      vh: 700,
    },
  ])
})

test('writes what the endpoint recognises without parsing', async () => {
  await open('/ferns', { referer: 'https://news.example/today' })
  await page.click('button')
  await page.evaluate("retrace('signup', { plan: 'pro', seats: 3, trial: false })")
  await page.mouse.move(50, 50)
  await page.evaluate("setTimeout(() => history.pushState({}, '', '/mosses'), 150)")
  await eventually(() => views()[1])
  const types = capture.requests.map(({ body }) => {
    // The page is served from an address and a port, which most pages are not.
    const published = Buffer.from(body.toString().replaceAll(capture.origin, 'https://shop.example'))
    return readCanonical(published)
      ?.events.toString()
      .match(/(?<="type":")\w+/g)
  })
  expect(types.flat()).toEqual(['pageview', 'click', 'custom', 'engagement', 'pageview'])
})

test('reports a click with selector, text, link target and place', async () => {
  await open()
  await page.evaluate("document.querySelector('a').addEventListener('click', (event) => event.preventDefault())")
  await page.mouse.wheel(0, 400)
  await page
    .locator('a')
    .first()
    .click({ position: { x: 5, y: 6 } })
  const { target } = await nthClick(1)
  expect(target).toMatchObject({
    selector: 'html>body>nav.top>a',
    text: 'All ferns',
    href: `${capture.origin}/ferns?page=2#list`,
    x: 5,
    y: 6,
  })
  const sizes = '({ vw: innerWidth, vh: innerHeight, docH: document.documentElement.scrollHeight })'
  expect(target).toMatchObject(await page.evaluate<object>(sizes))
  expect(target?.docH).toBeGreaterThan(3000)
  expect(target?.pageY).toBeGreaterThan(6)
})

test('tells siblings apart by their position', async () => {
  await open()
  await page.getByText('Mosses').click({ button: 'middle' })
  const { target } = await nthClick(1)
  expect(target).toMatchObject({ selector: 'html>body>nav.top>a:nth-of-type(2)', href: `${capture.origin}/mosses` })
})

test('counts the main and the middle button, Enter and Space, and nothing else', async () => {
  await open()
  await page.locator('#buy').click({ button: 'right' })
  await page.locator('#plain').click()
  await page.evaluate("document.getElementById('buy').click()")
  await page.locator('#buy').press('Enter')
  await page.locator('#buy').press('Space')
  await page.locator('#buy').click({ button: 'middle' })
  await page.locator('#icon').click()
  await nthClick(4)
  expect(clicks().map(({ target }) => [target?.selector, target?.text, target?.pageX !== undefined])).toEqual([
    ['#buy', 'Add to basket', false],
    ['#buy', 'Add to basket', false],
    ['#buy', 'Add to basket', true],
    ['#icon', 'Search', true],
  ])
})

test('counts a click on a label once, as a click on its control', async () => {
  await open()
  await page.locator('#label').click()
  await page.locator('#choice').click()
  await page.locator('#buy').click()
  await nthClick(3)
  expect(clicks().map(({ target }) => target?.selector)).toEqual(['#choice', '#choice', '#buy'])
})

test('finds what was clicked inside a shadow tree', async () => {
  await open()
  await page.locator('#card').getByRole('button').click()
  expect((await nthClick(1)).target).toMatchObject({ selector: '#card>p>button.more', text: 'Card secret' })
})

test('keeps a click whose link navigates away at once', async () => {
  await open()
  await page.getByText('Mosses').click()
  await page.waitForURL('**/mosses')
  const click = await nthClick(1)
  expect(click).toMatchObject({ url: `${capture.origin}/`, target: { text: 'Mosses' } })
  await eventually(() => expect(views()).toHaveLength(2))
  expect(new Set(views().map(({ load }) => load)).size).toBe(2)
})

test('counts one page view for a pushState navigation, and one for going back', async () => {
  await open()
  await page.evaluate(`
    history.pushState(null, '', '/guide?page=1')
    history.replaceState(null, '', '/guide?page=2')
    location.hash = 'part'`)
  await page.evaluate('history.go(-2)')
  await eventually(() => expect(views()).toHaveLength(3))
  expect(views().map(({ url, referrer }) => [url, referrer])).toEqual([
    [`${capture.origin}/`, undefined],
    [`${capture.origin}/guide?page=1`, `${capture.origin}/`],
    [`${capture.origin}/`, `${capture.origin}/guide?page=1`],
  ])
  const numbers = capture.taken().map(({ n }) => n)
  expect(numbers).toEqual(numbers.map((_, index) => index))
})

test('counts a page view when the browser brings the page back', async () => {
  await open()
  await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
  await eventually(() => expect(views()).toHaveLength(2))
})

test('says nothing of a page rendered ahead of time before it is shown', async () => {
  const prerendering = (value: boolean) =>
    `Object.defineProperty(document, 'prerendering', { value: ${value}, configurable: true })`
  await page.addInitScript({ content: prerendering(true) })
  await page.goto(capture.origin)
  await page.evaluate("retrace('early')")
  expect(capture.requests).toEqual([])
  await page.evaluate(`${prerendering(false)}; document.dispatchEvent(new Event('prerenderingchange'))`)
  await eventually(() => expect(capture.taken().map(({ type }) => type)).toEqual(['pageview', 'custom']))
})

test('reports engagement and, once the second file is there, scroll depth when the page is left', async () => {
  await capture.close()
  capture = await startCapture(snippet.code, html.replace('data-more="none"', ''))
  await open()
  // What the second file reports first.
  await eventually(() => capture.taken().find(({ name }) => name === 'TTFB'))
  await page.mouse.move(10, 10)
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight / 2 - innerHeight)')
  await eventually(() => page.evaluate<boolean>('performance.now() > 500'))
  await page.mouse.move(20, 20)
  await page.goto('about:blank')
  const engagement = await eventually(() => capture.taken().find(({ type }) => type === 'engagement'))
  expect(engagement).toMatchObject({ url: `${capture.origin}/`, scroll: 50 })
  expect(engagement.engagedMs).toBeGreaterThan(100)
  expect(engagement.engagedMs).toBeLessThan(20_000)
})

test('sends custom events with their properties, and those called before it loaded', async () => {
  await page.addInitScript({
    content: `window.retrace=window.retrace||function(){(retrace.q=retrace.q||[]).push(arguments)}
      retrace('early', { size: 'L' })`,
  })
  await open()
  const props = { text: 'x'.repeat(600), count: 2, gift: true, none: null }
  await page.evaluate(`retrace('basket', ${JSON.stringify(props)})`)
  const custom = () => capture.taken().filter(({ type }) => type === 'custom')
  await eventually(() => expect(custom()).toHaveLength(2))
  expect(custom()).toMatchObject([
    { name: 'early', props: { size: 'L' } },
    { name: 'basket', props: { text: 'x'.repeat(512), count: 2, gift: true } },
  ])
})

test('never sends what was typed into an input or text under data-retrace-mask', async () => {
  await open()
  await page.locator('#typed').fill('typed secret')
  for (const id of ['typed', 'letter', 'editor', 'masked', 'partly']) await page.locator(`#${id}`).click()
  await page.locator('#masked-card').getByRole('button').click()
  await page.locator('#buy').click()
  await eventually(() => clicks().find(({ target }) => target?.selector === '#buy'))
  expect(clicks().map(({ target }) => target?.selector)).toContain('#masked')
  expect(JSON.stringify(capture.requests)).not.toContain('secret')
})

test('embedded twice, counts once', async () => {
  await open()
  await page.evaluate(`new Promise((resolve) => {
    const script = Object.assign(document.createElement('script'), { src: '/retrace.js', onload: resolve })
    Object.assign(script.dataset, { site: 'demo', automation: '', more: 'none' })
    document.body.append(script)
  })`)
  await page.locator('#buy').click()
  await nthClick(1)
  expect(capture.taken().map(({ type }) => type)).toEqual(['pageview', 'click'])
})

test('leaves nothing on the device and one global', async () => {
  const globals = 'Object.getOwnPropertyNames(window)'
  await page.addInitScript({ content: `window[Symbol.for('usual')] = ${globals}` })
  await open()
  expect(await page.context().cookies()).toEqual([])
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)
  expect(await page.evaluate(`${globals}.filter((name) => !window[Symbol.for('usual')].includes(name))`)).toEqual([
    'retrace',
  ])
})

test('stays within 1,600 bytes of brotli, and with the second file within 4,000', () => {
  expect(snippet.brotliBytes).toBeLessThanOrEqual(1600)
  expect(snippet.brotliBytes + snippet.more.brotliBytes).toBeLessThanOrEqual(4000)
})
