/** The lists, maps and ratings below the chart: what they show, keep, and say when they cannot be loaded. */
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { panel, putMorning, rowsOf } from './support/morning.ts'
import { asked, open, page, shows } from './support/overview-page.ts'

describe('panels', () => {
  it.each([
    ['Pages', 'Entry', ['/a', '100%', '1']],
    ['Pages', 'Exit', ['/b', '100%', '1']],
    ['Sources', 'Channels', ['Search', '33%', '1']],
    ['Locations', 'Regions', ['BE', 'Germany', '33%', '1']],
    ['Locations', 'Languages', ['Brazilian Portuguese', '33%', '1']],
    ['Technology', 'Screens', ['Phone (below 600 px)', '33%', '1']],
    ['Clicks', 'Outbound', ['other.example/x', '100%', '1']],
    ['Clicks', 'Rage', ['Buy', '#buy', '100%', '1']],
    ['Events', 'Properties', ['pro', 'signup · plan', '100%', '2']],
    ['Experience', 'Errors', ['TypeError', '100%', '2']],
  ])('%s, %s', async (name, tab, expected) => {
    await putMorning()
    await open()
    await panel(name).getByRole('tab', { name: tab }).click()
    await eventually(async () => {
      const [first] = await rowsOf(name)
      expect(first?.filter((text) => text !== 'of all')).toEqual(expected)
      return true
    })
    await page.reload()
    await eventually(async () => (await rowsOf(name)).length === 1)
  })

  it('rate web vitals, and tell how far pages are seen', async () => {
    await putMorning()
    await open()
    await shows('Largest content shown')
    await panel('Experience').getByRole('tab', { name: 'Scroll depth' }).click()
    await eventually(async () => (await rowsOf('Experience')).length === 10)
    expect((await rowsOf('Experience'))[3]?.slice(0, 2)).toEqual(['40%', '100%'])
    expect((await rowsOf('Experience'))[4]?.slice(0, 2)).toEqual(['50%', '0%'])
  })

  it('keep what they showed while the dashboard does not answer', async () => {
    await putMorning()
    await open()
    await shows('Largest content shown')
    await page.route('**/vitals?*', (route) => route.abort())
    await page.waitForEvent('requestfailed', (request) => request.url().includes('/vitals?'))
    const again = page.waitForEvent('requestfailed', (request) => request.url().includes('/vitals?'))
    expect(await page.getByText('Largest content shown').count()).toBe(1)
    await again
    await page.unroute('**/vitals?*')
    await page.waitForResponse((response) => response.url().includes('/vitals?') && response.ok())
    expect(await page.getByText('Largest content shown').count()).toBe(1)
  })

  it.each([
    ['vitals', 'Experience', '?quality=vitals', 'Largest content shown'],
    ['scroll', 'Experience', '?quality=depth', '40%'],
    ['breakdown/country', 'Locations', '?locations=map', 'FR'],
  ])('say that %s cannot be loaded, and come when they are asked once more', async (question, name, query, shown) => {
    await putMorning()
    await page.route(`**/${question}?*`, (route) => route.abort())
    await open(query)
    const again = panel(name).getByRole('button', { name: 'Try again' })
    await again.waitFor()
    await page.unroute(`**/${question}?*`)
    await again.click()
    await panel(name).getByText(shown, { exact: true }).first().waitFor()
    expect(await again.count()).toBe(0)
  })

  it('show a map of countries, each of which can be looked at by itself', async () => {
    await putMorning()
    await open()
    await panel('Locations').getByRole('tab', { name: 'Map' }).click()
    const france = page.getByRole('link', { name: 'France: 2 visitors, 67%' })
    await france.waitFor()
    await france.press('Enter')
    await shows('Country: France')
    expect(asked()).toMatchObject({ filter: 'country:FR' })
  })
})
