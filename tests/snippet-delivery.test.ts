import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildSnippet } from '../snippet/build.ts'
import { launchBrowser } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'

const html = `<!doctype html><title>Ferns</title><script defer src="/retrace.js" data-site="demo" data-automation data-more="none"></script>`

let browser: Browser
let script: string
let capture: Capture
let page: Page

beforeAll(async () => {
  ;[browser, { code: script }] = await Promise.all([launchBrowser(), buildSnippet()])
})
afterAll(() => browser?.close())
beforeEach(async () => {
  capture = await startCapture(script, html)
  page = await browser.newPage()
})
afterEach(async () => {
  await page.context().close()
  await capture.close()
})

const numbers = () => capture.taken().map(({ n }) => n)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
/** As many custom events as the page can make in one go. */
const send = (count: number, text = '') =>
  page.evaluate(`for (let i = 0; i < ${count}; i++) retrace('event', { text: ${JSON.stringify(text)} })`)
const leave = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

test('sends again what the server answered 503, under the same n', async () => {
  capture.answers.push({ status: 503 }, { status: 500 })
  await page.goto(capture.origin)
  await send(3)
  await eventually(() => expect(numbers()).toEqual([0, 1, 2, 3]))
  const [first, ...again] = capture.requests
  expect(again.length).toBeGreaterThanOrEqual(2)
  for (const request of again) {
    expect(request.events[0]).toEqual(first?.events[0])
    expect(request.sentAt).toBeGreaterThanOrEqual(first?.sentAt ?? 0)
  }
})

test('sends again what did not arrive because the connection failed', async () => {
  await page.route('**/v1/events', (route) => route.abort(), { times: 1 })
  await page.goto(capture.origin)
  await eventually(() => expect(numbers()).toEqual([0]))
})

test('waits as long as Retry-After says', async () => {
  capture.answers.push({ status: 429, retryAfter: '2' })
  await page.goto(capture.origin)
  const [first, second] = await eventually(() => capture.requests.length === 2 && capture.requests)
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1950)
})

test('drops what the server says is wrong, and goes on with the rest', async () => {
  capture.answers.push({ status: 400 })
  await page.goto(capture.origin)
  await eventually(() => capture.requests[0])
  await send(1)
  await eventually(() => expect(numbers()).toEqual([1]))
})

test('has one request in flight at a time', async () => {
  let open = 0
  let most = 0
  await page.route('**/v1/events', async (route) => {
    most = Math.max(most, ++open)
    const response = await route.fetch()
    open--
    await route.fulfill({ response })
  })
  await page.goto(capture.origin)
  await send(300)
  await eventually(() => expect(numbers()).toEqual(upTo(301)))
  // The server has everything; the page has its last answer only when the route is done.
  await page.unrouteAll({ behavior: 'wait' })
  expect(most).toBe(1)
})

test('sends everything at once when the page is left, in bodies that a browser lets outlive it', async () => {
  capture.answers.push({ status: 503, retryAfter: '60' })
  await page.goto(capture.origin)
  await eventually(() => capture.requests[0])
  await send(20, '蕨'.repeat(500))
  await leave()
  await eventually(() => expect(numbers()).toEqual(expect.arrayContaining(upTo(21))))
})

test.each([
  ['ASCII', 'f'.repeat(500)],
  ['multibyte', '蕨'.repeat(500)],
])('splits a long queue into bodies of at most 50 KB (%s)', async (_kind, text) => {
  await page.goto(capture.origin)
  await send(200, text)
  await eventually(() => expect(numbers()).toEqual(upTo(201)))
  expect(Math.max(...capture.requests.map(({ body }) => body.length))).toBeLessThan(50_000)
  expect(Math.max(...capture.requests.map(({ events }) => events.length))).toBeLessThanOrEqual(500)
})

test('drops an event that is larger than the endpoint allows, and sends those around it', async () => {
  await page.goto(capture.origin)
  await page.evaluate(`
    retrace('before')
    retrace('huge', Object.fromEntries(Array.from({ length: 32 }, (_, i) => ['p' + i, 'x'.repeat(512)])))
    retrace('after')`)
  await eventually(() => expect(numbers()).toEqual([0, 1, 3]))
})

test('keeps the first 1,000 events while the endpoint is away; the gap in n tells how many it lost', async () => {
  let away = true
  await page.route('**/v1/events', (route) => (away ? route.abort() : route.fallback()))
  await page.goto(capture.origin)
  await send(1099)
  away = false
  await leave()
  await eventually(() => expect(numbers()).toEqual(expect.arrayContaining(upTo(1000))), { timeoutMs: 25_000 })
  // There is room again once the page has read the answers.
  await eventually(async () => {
    await send(1)
    return Math.max(...numbers()) >= 1100
  })
  expect(numbers().filter((n) => n >= 1000 && n < 1100)).toEqual([])
})

test('posts to the origin that data-endpoint names', async () => {
  const elsewhere = await startCapture(script, html.replace('data-site', `data-endpoint="${capture.origin}" data-site`))
  try {
    await page.goto(`${elsewhere.origin}/page`)
    await eventually(() => expect(capture.taken()).toMatchObject([{ url: `${elsewhere.origin}/page` }]))
    await send(1)
    await eventually(() => expect(numbers()).toEqual([0, 1]))
  } finally {
    await elsewhere.close()
  }
})
