/**
 * What a click costs the page's thread in all, its request and the answer too, on a processor slowed down four times,
 * which is about a cheap phone. Measured beside the same page without the snippet, and beside one that sends a request
 * of its own for each click, in a browser that nobody drives.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSnippet } from '../snippet/build.ts'
import type { TrackedEvent } from '../stream/event.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { type DevToolsPage, openDevToolsPage } from './support/devtools.ts'
import { eventually } from './support/eventually.ts'

const slowdown = 4
/**
 * Milliseconds from one click to the next, such as RETRACE_TEST_CLICK_SPACINGS=50,300,1000. Only where it is asked for:
 * a machine that does other things at the time, as in CI, makes one of the three pages slower than the others.
 */
const spacings = (process.env.RETRACE_TEST_CLICK_SPACINGS ?? '').split(',').filter(Boolean).map(Number)
const rounds = Number(process.env.RETRACE_TEST_CLICK_ROUNDS ?? 3)
/** Until nothing of it is left to do: the snippet gathers for half a second. */
const quietMs = 900

/** What a page would have to send for a click at the least, to one and the same endpoint. */
const ownRequest = `<script>
  addEventListener('click', () => setTimeout(() => fetch('/v1/events', { method: 'POST', body: JSON.stringify({
    site: 'demo', sentAt: Date.now(), events: [{ type: 'click', url: location.href, at: Date.now(), target: { selector: 'main>button' } }],
  }) })))
</script>`
const kinds = {
  nothing: '',
  ownRequest,
  snippet: '<script defer src="/retrace.js" data-site="demo"></script>',
} as const
type Kind = keyof typeof kinds

/** A page whose button answers, with nothing to paint: that takes longer than all else, and differs from click to click. */
const pageOf = (path: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferns</title>
${kinds[path.slice(1) as Kind] ?? ''}</head><body><main><div class="card wide">
<button style="all:unset;position:fixed;top:0;left:0" onclick="this.ariaLabel = 'In the basket: ' + Date.now()" class="css-1x9 buy"><span>Add to basket</span></button>
</div></main></body></html>`

let capture: Capture
let page: DevToolsPage
beforeAll(async () => {
  if (spacings.length === 0) return
  const { code } = await buildSnippet()
  capture = await startCapture(code, pageOf)
  page = await openDevToolsPage(`${capture.origin}/nothing`)
  // Counted by the thread's own clock, which stands still while other processes have the processor.
  await page.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
}, 30_000)
afterAll(async () => {
  await page?.close()
  await capture?.close()
})

const clicksTaken = () => capture.taken().filter(({ type }: TrackedEvent) => type === 'click').length

/** All that the page's thread has done so far. */
const threadMs = async () => {
  const { metrics } = await page.send<{ metrics: { name: string; value: number }[] }>('Performance.getMetrics')
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
}
const click = async () => {
  const at = { x: 30, y: 15, button: 'left', clickCount: 1 }
  await page.send('Input.dispatchMouseEvent', { ...at, type: 'mousePressed' })
  await page.send('Input.dispatchMouseEvent', { ...at, type: 'mouseReleased' })
}

/** @returns milliseconds of the thread a click, with all that follows it */
async function costOf(kind: Kind, clicks: number, spacingMs: number): Promise<number> {
  const before = await threadMs()
  const takenBefore = clicksTaken()
  for (let i = 0; i < clicks; i++) await Promise.all([click(), pause(spacingMs)])
  await pause(quietMs)
  if (kind !== 'nothing') await eventually(() => clicksTaken() === takenBefore + clicks)
  return ((await threadMs()) - before) / clicks
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

it.skipIf(spacings.length > 0)(
  'is measured where RETRACE_TEST_CLICK_SPACINGS says how far apart clicks are',
  ({ skip }) => skip('set RETRACE_TEST_CLICK_SPACINGS to measure'),
)

it.each(spacings)(
  `adds no more than 2 ms or half a request a click at ${slowdown} times CPU throttling, nor more than a request where it is alone: clicks every %i ms`,
  async (spacingMs) => {
    const clicks = Math.max(4, Math.min(30, Math.round(3000 / spacingMs)))
    const costs: Record<Kind, number[]> = { nothing: [], ownRequest: [], snippet: [] }
    // Each round has all three, one behind the other, so that the machine is as busy for each.
    for (let round = 0; round < rounds; round++)
      for (const kind of Object.keys(kinds) as Kind[]) {
        await page.send('Page.navigate', { url: `${capture.origin}/${kind}` })
        await pause(quietMs)
        // The first click runs code that was never run before.
        await costOf(kind, 2, 50)
        costs[kind].push(await costOf(kind, clicks, spacingMs))
      }
    const nothing = median(costs.nothing)
    const added = median(costs.snippet) - nothing
    const ofOwnRequest = median(costs.ownRequest) - nothing
    console.log(
      `at ${slowdown}x, clicks every ${spacingMs} ms: ${added.toFixed(2)} ms added a click, by a request alone ${ofOwnRequest.toFixed(2)} ms; a click without either ${nothing.toFixed(2)} ms`,
    )
    // A bare request takes 4 to 5 ms; where it takes longer, the machine has other things to do, and is slower for us too.
    expect(added).toBeLessThan(spacingMs < 100 ? Math.max(2, 0.5 * ofOwnRequest) : 1.25 * ofOwnRequest)
  },
  30_000 + rounds * 3 * 30_000,
)
