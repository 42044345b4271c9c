/** Every page has room from a phone to a wide screen, in both themes and in the language with the longer words. */
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { fillSite } from './support/busy-site.ts'
import { aReport } from './support/replay-report.ts'
import { address, create, dashboard, signedInPage } from './support/replays-page.ts'

const pages: [string, string][] = [
  ['/sites/shop', '.bar-row'],
  ['/sites/shop?details=page', '.details tbody tr'],
  ['/sites/shop/settings', '.settings-card'],
  ['/sites/shop/anomalies', '.incident'],
  ['/sites/empty', '.empty'],
  ['/pipeline', '.flow-node'],
  ['/replays', '.replay-mark'],
  ['/replays/r1', '#report-title'],
]

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it.each([360, 768, 1440])('%i pixels are enough, and everything can be read', async (width) => {
    await fillSite(dashboard, 'shop', 2)
    await dashboard.createSite('empty')
    await create('r1', {}, aReport('r1', 'shop', ['2026-11-22']))
    const page = await signedInPage({
      viewport: { width, height: 900 },
      colorScheme,
      locale: 'de-DE',
      reducedMotion: 'reduce',
    })
    for (const [path, filled] of pages) {
      await page.goto(`${address}${path}`)
      await page.locator(filled).first().waitFor()
      expect(await findProblems(page), path).toEqual([])
    }
    await page.close()
  })
})
