/** Goals and funnels as a site owner makes and reads them: a browser, and a dashboard over what consumers made of traffic. */
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { address, overTraffic, signedInPage } from './support/traffic-page.ts'

/** 60 visits see the prices, half of them click a minute later, every fifth then signs up; on the day before it was a third. */
const visitsOf = (start: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const at = start + i * 90_000
    const load = (start + i).toString(16).padStart(16, '0')
    const url = `https://shop.example/pricing?utm_source=${i % 3 ? 'news' : 'partner'}`
    const events = [
      anEvent({ load, n: 0, at, url }),
      ...(i % 2 ? [] : [aClick({ load, n: 1, at: at + 60_000, url })]),
      ...(i % 10 ? [] : [anEvent({ load, n: 2, at: at + 63_000, url, type: 'custom', name: 'signup' })]),
    ]
    const visitor = `${start === noon ? 'a' : 'b'}${1000 + i}`.padEnd(16, '0')
    return aDelivery({ received: at + 70_000, sentAt: at + 69_000, visitor, events })
  })

const open = (query = '') =>
  page.goto(`${address}/sites/demo/explore/funnels?period=custom&from=2026-03-10&to=2026-03-10${query}`)
const cells = (row: string) =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: row }) })
    .getByRole('cell')
    .allInnerTexts()
const dialog = () => page.getByRole('dialog')

/** On the day after, ten visits that go from page to page. */
const walks = Array.from({ length: 10 }, (_, i) => {
  const at = noon + 15 * 3_600_000 + i * 90_000
  const paths = ['/', i % 2 ? '/docs' : '/pricing', '/thanks', i % 5 ? '/' : '/docs']
  const load = (at + 1).toString(16).padStart(16, '0')
  const events = paths.map((path, n) => anEvent({ load, n, at: at + n * 1000, url: `https://shop.example${path}` }))
  return aDelivery({ received: at + 5000, sentAt: at + 4900, visitor: `c${1000 + i}`.padEnd(16, '0'), events })
})

const deliveries = [...visitsOf(noon - 24 * 3_600_000, 20), ...visitsOf(noon, 60), ...walks]

overTraffic('aims', deliveries)
let page: Page
beforeEach(async () => {
  page = await signedInPage()
})
afterEach(() => page.close())

it('say within their page that they cannot be loaded', async () => {
  await page.route('**/assets/funnels-*.js', (route) => route.abort())
  await open()
  await page.getByRole('main').getByText('This page could not be loaded.').waitFor()
  expect(await findProblems(page)).toEqual([])
})

describe('goals and funnels', () => {
  it('are said to be none, and made by a form that says what is missing', async () => {
    await open()
    await page.getByText('There are no goals yet.').waitFor()
    await page.getByText('There are no funnels yet.').waitFor()
    expect(await findProblems(page)).toEqual([])
    await page.getByRole('button', { name: 'New goal' }).click()
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().getByText('Give it a name.').waitFor()
    await dialog().getByText('Say what it is.').waitFor()
    expect(await findProblems(page)).toEqual([])
    await dialog().getByLabel('Name', { exact: true }).fill('Signed up')
    await dialog().getByLabel('What happens').selectOption('event')
    await dialog().getByLabel('Event', { exact: true }).fill('signup')
    await dialog().getByLabel('What one conversion is worth').fill('12,5')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await dialog().getByText('Give three capital letters').waitFor()
    await dialog().getByLabel('Currency').fill('eur')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await page.getByRole('rowheader', { name: 'Signed up' }).waitFor()
    await page.getByText('before: 2', { exact: true }).waitFor()
    expect(await cells('Signed up')).toEqual(['6\nbefore: 2', '10.0%\nbefore: 10.0%', '10.0%', '6', '€75.00'])
    await page.getByRole('rowheader', { name: 'partner' }).waitFor()
    expect(await cells('partner')).toEqual(['20', '2', '10.0%', '€25.00'])
  })

  it('are drawn as a funnel, and told by a table', async () => {
    await open()
    await page.getByRole('button', { name: 'New funnel' }).click()
    await dialog().getByLabel('Name', { exact: true }).fill('To sign up')
    await dialog().getByRole('button', { name: 'Add a step' }).click()
    const step = (number: number) => dialog().getByRole('group', { name: `Step ${number}`, exact: true })
    await step(1).getByLabel('Page').fill('/pricing')
    await step(2).getByLabel('What happens').selectOption('target')
    await step(2).getByLabel('Text of what is clicked').fill('Buy')
    await step(3).getByLabel('What happens').selectOption('event')
    await step(3).getByLabel('Event', { exact: true }).fill('signup')
    await dialog().getByRole('button', { name: 'Save' }).click()
    const picture = page.getByRole('img', { name: /^To sign up: 6 of 60 \(10%\) came through/ })
    await picture.waitFor()
    expect(await cells('Buy')).toEqual(['30', '50%', '50%', '1m 00s'])
    const table = page.getByRole('table', { name: 'Steps of the funnel' })
    expect(await table.getByRole('row').last().getByRole('cell').allInnerTexts()).toEqual(['6', '10%', '80%', '3.0s'])
    const widths = await picture.locator('.funnel-bar').evaluateAll((bars) => bars.map((bar) => bar.clientWidth))
    expect(widths[1]).toBeCloseTo((widths[0] as number) / 2, -1)
    expect(widths[2]).toBeCloseTo((widths[0] as number) / 10, -1)

    await open('&filter=source:partner')
    await page.getByRole('img', { name: /^To sign up: 2 of 20 \(10%\)/ }).waitFor()
    await page.getByText('Of 20 visits').waitFor()
  })

  it.each([360, 1440])('are without problems %i pixels wide, light and dark', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await open()
      await page.getByRole('img', { name: /^To sign up/ }).waitFor()
      await page.getByRole('rowheader', { name: 'partner' }).waitFor()
      expect(await findProblems(page)).toEqual([])
      await page.getByRole('button', { name: 'Edit To sign up' }).click()
      await dialog().waitFor()
      expect(await findProblems(page)).toEqual([])
    }
  })

  it.each([360, 1440])('have their rate in each row of the lists, %i pixels wide', async (width) => {
    const overview = (query: string) =>
      page.goto(`${address}/sites/demo?period=custom&from=2026-03-10&to=2026-03-10${query}`)
    const row = (panel: string, text: string) =>
      page.getByRole('region', { name: panel }).getByRole('listitem').filter({ hasText: text })
    await page.setViewportSize({ width, height: 900 })
    await overview('')
    await page.getByLabel('Conversion rate').selectOption({ label: 'Signed up' })
    await row('Clicks', 'Buy').filter({ hasText: '20%' }).waitFor()
    await row('Pages', '/pricing').filter({ hasText: '10%' }).waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findProblems(page)).toEqual([])
    }
    const isTooWide = () => document.documentElement.scrollWidth > document.documentElement.clientWidth
    expect(await page.evaluate(isTooWide)).toBe(false)

    const goal = new URL(page.url()).searchParams.get('goal')
    await overview(`&goal=${goal}&filter=target~Buy`)
    await row('Pages', '/pricing').filter({ hasText: '20%' }).waitFor()
    await overview(`&goal=${goal}&details=referrer`)
    await dialog().getByRole('button', { name: 'Rate', exact: true }).click()
    expect((await cells('partner')).slice(0, 2)).toEqual(['20', '10%'])

    // One that was deleted is let go of.
    await overview('&goal=0123456789abcdef')
    await page.waitForURL((url) => !url.searchParams.has('goal'))
    expect(await page.locator('.bar-rate').count()).toBe(0)
  })

  it('are deleted by a second press', async () => {
    await open()
    await page.getByRole('button', { name: 'Edit To sign up' }).click()
    await dialog().getByRole('button', { name: 'Delete' }).click()
    await dialog().getByRole('button', { name: 'Press again to delete' }).click()
    await page.getByText('There are no funnels yet.').waitFor()
  })
})

describe('journeys', () => {
  it.each([360, 1440])('are drawn and told by a table, %i pixels wide', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`${address}/sites/demo/explore/journeys?period=custom&from=2026-03-08&to=2026-03-08`)
    await page.getByText('No visit saw this page').waitFor()
    await page.goto(`${address}/sites/demo/explore/journeys?period=custom&from=2026-03-11&to=2026-03-11`)
    await page.getByText('10 visits.').waitFor()
    await page.getByLabel('Page to look at').selectOption('/thanks')
    await page.getByText('10 visits.').waitFor()
    const picture = page.getByRole('img', { name: /^From and to \/thanks/ })
    expect(await picture.locator('rect').count()).toBe(6)
    expect(await picture.locator('path').count()).toBe(6)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await findProblems(page)).toEqual([])
    }
    await page.getByText('As a table').click()
    const rows = (await page.getByRole('row').allTextContents()).slice(1)
    expect(rows).toContain('to it/docs/thanks5')
    expect(rows).toContain('from it/thanks/8')
    expect(rows).toContain('1 page after/Visit ended8')
    expect(await findProblems(page)).toEqual([])
  })
})
