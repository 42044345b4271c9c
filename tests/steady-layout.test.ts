/** A page stays where it is while it fills: skeletons have the size of what takes their place. */
import { describe, expect, it } from 'vitest'
import { fillSite } from './support/busy-site.ts'
import { aReport } from './support/replay-report.ts'
import { address, create, dashboard, signedInPage } from './support/replays-page.ts'

/** web.dev calls 0.1 good; what one can see at all is more than this. */
const maxShift = 0.02

/** In the browser: adds up how much of the window moved how far, without anybody asking for it. */
const observeShifts = `
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) window.shifts.push({ value, of: sources.map(({ node }) => (node?.outerHTML ?? node?.data ?? '').slice(0, 90)) })
  }).observe({ type: 'layout-shift', buffered: true })
`

const pages: [string, string, string][] = [
  ['the figures', '/sites/shop?period=7d', '.bars:nth-child(1) .bar-row, .bars .bar-row'],
  ['today', '/sites/shop', '.bars .bar-row'],
  ['a site without figures', '/sites/empty', '.empty'],
  ['the pipeline', '/pipeline', '.flow-node'],
  ['the replays', '/replays', '.replay-mark'],
  ['a replay', '/replays/r1', '#report-title'],
]

describe.each([360, 1440])('in a window of %i pixels', (width) => {
  it.each(pages)('%s keeps its place on load', async (_name, path, filled) => {
    await fillSite(dashboard, 'shop')
    await dashboard.createSite('empty')
    await create('r1', {}, aReport('r1', 'shop', ['2026-11-22']))
    const page = await signedInPage({ viewport: { width, height: 900 } })
    await page.addInitScript(observeShifts)
    await page.goto(`${address}${path}`)
    await page.locator(filled).first().waitFor()
    await page.waitForLoadState('load')
    // What comes in the same answers has been drawn two frames later.
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))))',
    )
    const shifts = await page.evaluate<{ value: number; of: string[] }[]>('window.shifts')
    const sum = shifts.reduce((total, { value }) => total + value, 0)
    await page.close()
    expect(sum, JSON.stringify(shifts, null, 1)).toBeLessThan(maxShift)
  })
})
