/**
 * Chrome renders pages ahead of time that are likely to be next (speculation rules). Most are never shown, so a page
 * says nothing before it is. Here it really happens, in a browser that nobody drives.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSnippet } from '../snippet/build.ts'
import { openUndriven } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'
import { once } from './support/loads.ts'

/** No `data-automation`: a browser without a driver is no automation. */
const snippet = '<script defer src="/retrace.js" data-site="demo"></script>'
const rules = { prerender: [{ source: 'list', urls: ['/next', '/never'], eagerness: 'immediate' }] }
/** Messages between pages wait until they are shown, too: those that are ready tell the server. */
const ready = new Set<string>()
const sayReady = "addEventListener('load', () => fetch('/ready' + location.pathname))"
const pages: Record<string, string> = {
  // Goes on half a second after both are ready, in which they could say something too early.
  '/': `<script type="speculationrules">${JSON.stringify(rules)}</script>
<script>
  const look = setInterval(async () => {
    if ((await (await fetch('/who')).text()) !== '/never /next') return
    clearInterval(look)
    setTimeout(() => { retrace('going'); location.href = '/next' }, 500)
  }, 50)
</script>`,
  '/next': `<script>
  const ahead = document.prerendering
  ${sayReady}
  addEventListener('load', () => retrace('loaded', { ahead }))
</script>`,
  '/never': `<script>${sayReady}</script>`,
}
const answer = (path: string) => {
  if (path === '/who') return [...ready].sort().join(' ')
  if (path.startsWith('/ready/')) ready.add(path.replace('/ready', ''))
  return `<!doctype html><title>${path}</title>${snippet}${pages[path] ?? ''}`
}

let capture: Capture
let browser: Awaited<ReturnType<typeof openUndriven>>
beforeAll(async () => {
  const { code } = await buildSnippet()
  capture = await startCapture(code, answer)
  browser = await openUndriven(`${capture.origin}/`)
})
afterAll(async () => {
  await browser?.close()
  await capture?.close()
})

it('counts a page that was rendered ahead of time when it is shown, once, and one that is not shown never', async () => {
  const named = (name: string) => capture.taken().find((event) => event.name === name)
  const loaded = await eventually(() => named('loaded'), { timeoutMs: 20_000 })
  expect(loaded.props).toEqual({ ahead: true })
  // What was under way when the page was left is sent once more, and counts once.
  const views = once(capture.taken()).filter(({ type }) => type === 'pageview')
  expect(views.map(({ url }) => new URL(url).pathname)).toEqual(['/', '/next'])
  expect(views[1]?.at).toBeGreaterThanOrEqual(named('going')?.at ?? Number.POSITIVE_INFINITY)
  expect(capture.taken().filter(({ url }) => url.endsWith('/never'))).toEqual([])
})
