/** A report on paper: the figures, their days, and nothing that can only be pressed. */
import { expect, it } from 'vitest'
import { fillSite } from './support/busy-site.ts'
import { address, dashboard, signedInPage } from './support/replays-page.ts'

/** A4 without margins of 12 mm, in CSS pixels. */
const sheetWidth = 703

it('prints the figures of a site on A4, in light colours, from a dark and wide window', async () => {
  await dashboard.createSite('garden')
  await fillSite(dashboard, 'shop')
  const page = await signedInPage({ colorScheme: 'dark' })
  await page.goto(`${address}/sites/shop?period=7d`)
  await page.locator('.bar-row').first().waitFor()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })

  for (const control of ['.header-controls', '.panel-more', '.live-now', '[role=tab][aria-selected=false]'])
    expect(await page.locator(control).first().isVisible(), control).toBe(false)
  const styleOf = (selector: string, name: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element, property) => getComputedStyle(element)[property as never], name)
  expect(await styleOf('body', 'backgroundColor')).toBe('rgb(255, 255, 255)')
  expect(await styleOf('.tile-value', 'color')).toBe('rgb(29, 28, 26)')
  expect(await page.locator('.header').getAttribute('data-printed')).toMatch(/^17.+23 Nov 2026$/)

  // The chart was drawn for 1440 pixels, and fits all the same.
  await page.setViewportSize({ width: sheetWidth, height: 1000 })
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
  expect(wide).toBeLessThanOrEqual(sheetWidth)

  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
  expect(pdf.match(/\/Type \/Page\b/g)?.length).toBeLessThanOrEqual(4)
  expect(pdf).toMatch(/\/MediaBox \[0 0 59\d\.\d+ 84\d\.\d+\]/)
  await page.close()
})
