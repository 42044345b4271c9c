/**
 * A click whose link leaves the page at once is the hardest one to keep: the page is gone before any request of it has
 * an answer. A thousand of them, against the endpoint with its stores.
 */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSnippet } from '../snippet/build.ts'
import { launchBrowser } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { type Endpoint, startEndpoint } from './support/endpoint.ts'
import { eventually } from './support/eventually.ts'
import { findLost, once } from './support/loads.ts'

const clicks = 1000
const tabs = 8

let browser: Browser
let endpoint: Endpoint
let pages: Capture

/** `/walk/TAB/STEP` has one link, to the step behind it. */
const stepPage = (path: string) => {
  const [, , tab, step] = path.split('/')
  return `<!doctype html><title>Step ${step}</title>
<script defer src="${endpoint.origin}/retrace.js" data-site="demo" data-automation></script>
<a href="/walk/${tab}/${Number(step) + 1}">On</a>`
}

beforeAll(async () => {
  await buildSnippet()
  ;[endpoint, browser] = await Promise.all([startEndpoint(), launchBrowser()])
  pages = await startCapture('', stepPage)
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([pages?.close(), endpoint?.close()])
})

it('keeps 99.5 % of 1,000 clicks that navigate away at once, and the gaps in (load, n) name the others', async () => {
  const startedAt = performance.now()
  const walks = Array.from({ length: tabs }, async (_, tab) => {
    const page = await browser.newPage()
    await page.goto(`${pages.origin}/walk/${tab}/0`)
    for (let step = 1; step <= clicks / tabs; step++) {
      await page.click('a')
      await page.waitForURL(`**/walk/${tab}/${step}`)
    }
    // Its window stays open: closing it would end requests that the last page has left behind.
  })
  await Promise.all(walks)
  const walkedMs = performance.now() - startedAt

  // The last requests may still be under way: what is there when nothing came for a second is what came.
  let stored = await endpoint.stored()
  await eventually(
    async () => {
      const before = stored.length
      stored = await endpoint.stored()
      return stored.length === before
    },
    { everyMs: 1000 },
  )
  const events = once(stored)
  const arrived = new Set(events.flatMap(({ type, target }) => (type === 'click' && target?.href) || []))
  const lost = findLost(events)
  console.log(
    `${arrived.size} of ${clicks} clicks arrived, ${lost.length} numbers missing, ${stored.length - events.length} copies, ${tabs} tabs, ${Math.round(walkedMs / 1000)} s`,
  )

  expect(arrived.size).toBeGreaterThanOrEqual(clicks * 0.995)
  expect(lost.length).toBe(clicks - arrived.size)
}, 150_000)
