/** What a reader waits for: a real browser on a slow computer opens the overview. */
import { launchBrowser } from '../../tests/support/browser.ts'

export type PageTimes = { firstContentfulPaintMs: number; allPanelsMs: number }

/** Of the processor, as Lighthouse has it for a middling phone. */
const slowdown = 4

/** In the browser, from its start: when there is no skeleton left, and the figures are painted. */
const observeFilled = `
  window.filledAt = undefined
  const look = () => {
    if (document.querySelectorAll('.bar-row').length > 0 && !document.querySelector('.skeleton-line, .skeleton-bar, .chart-skeleton'))
      window.filledAt = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
`

/** @param rounds each in a browser session of its own, with nothing in its cache */
export async function measurePage(address: string, token: string, path: string, rounds: number): Promise<PageTimes[]> {
  const browser = await launchBrowser()
  const times: PageTimes[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true })
      await context.request.get(`${address}/sign-in?token=${token}`)
      const page = await context.newPage()
      const devtools = await context.newCDPSession(page)
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
      await page.addInitScript(observeFilled)
      await page.goto(`${address}${path}`)
      await page.waitForFunction('window.filledAt !== undefined')
      times.push(
        await page.evaluate<PageTimes>(`({
          firstContentfulPaintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
          allPanelsMs: window.filledAt,
        })`),
      )
      await context.close()
    }
  } finally {
    await browser.close()
  }
  return times
}
