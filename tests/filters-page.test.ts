/** Several filters at once as a site owner uses them: a browser, and a dashboard over what consumers made of traffic. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { adminToken } from './support/dashboard.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { address, app, factsFolder, overTraffic, signedInPage } from './support/traffic-page.ts'

const countries = ['DE', 'FR', 'DE', 'US']
const campaigns = ['spring', 'autumn', 'spring']
/** 48 visitors, each with a landing page and, a second later, a click on it. */
const deliveries = Array.from({ length: 48 }, (_, i) => {
  const at = noon + i * 60_000
  const load = i.toString(16).padStart(16, '0')
  const url = `https://shop.example/landing-${i % 2}?utm_campaign=${campaigns[i % 3]}`
  const events = [anEvent({ load, n: 0, at, url }), aClick({ load, n: 1, at: at + 1000, url })]
  const visitor = `${1000 + i}`.padEnd(16, '0')
  return aDelivery({ received: at + 3000, sentAt: at + 2900, visitor, country: countries[i % 4] as string, events })
})
const count = (isWanted: (i: number) => boolean) => deliveries.filter((_, i) => isWanted(i)).length
const isGerman = (i: number) => countries[i % 4] === 'DE'
const isSpring = (i: number) => campaigns[i % 3] === 'spring'

overTraffic('filtered', deliveries)
let page: Page
beforeEach(async () => {
  page = await signedInPage()
})
afterEach(() => page.close())

const period = 'period=custom&from=2026-03-10&to=2026-03-10&compare=none'
const open = (filters: string) => page.goto(`${address}/sites/demo?${period}${filters}`)
const asked = () => new URL(page.url()).searchParams.getAll('filter')
const panel = (name: string) => page.getByRole('region', { name, exact: true })
const chips = () => page.locator('.chip-text').allInnerTexts()
/** What the tile shows by now. */
const shows = (tile: RegExp, value: number) =>
  eventually(async () => {
    const [text = ''] = await page.getByRole('button', { name: tile }).allInnerTexts()
    return text.split(/\s+/).includes(String(value))
  })

describe('filters', () => {
  it('are added by rows of any list, turned round and taken away; every list answers under all of them', async () => {
    await open('')
    await panel('Locations').getByRole('link', { name: 'Germany' }).click()
    await shows(/^Visitors/, count(isGerman))
    await panel('Sources').getByRole('tab', { name: 'Campaigns' }).click()
    await panel('Sources').getByRole('link', { name: 'spring' }).click()
    expect(asked()).toEqual(['country:DE', 'campaign:spring'])
    expect(await chips()).toEqual(['Country: Germany', 'Campaign: spring'])
    await shows(
      /^Visitors/,
      count((i) => isGerman(i) && isSpring(i)),
    )
    await eventually(async () => (await panel('Pages').locator('.bar-row').count()) === 1)
    await panel('Pages').getByRole('link', { name: '/landing-0' }).waitFor()
    await panel('Clicks').getByText('Buy', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Change the filter Campaign: spring' }).click()
    await page.getByRole('link', { name: 'is not', exact: true }).click()
    expect(asked()).toEqual(['country:DE', '!campaign:spring'])
    await shows(
      /^Visitors/,
      count((i) => isGerman(i) && !isSpring(i)),
    )
    expect(await chips()).toEqual(['Country: Germany', 'Campaign is not spring'])
    await page.reload()
    await shows(
      /^Visitors/,
      count((i) => isGerman(i) && !isSpring(i)),
    )

    await page.getByRole('link', { name: 'Take away the filter Country: Germany' }).press('Enter')
    await shows(
      /^Visitors/,
      count((i) => !isSpring(i)),
    )
    await page.goBack()
    await eventually(async () => (await chips()).length === 2)
    await page.getByRole('link', { name: 'Take away all filters' }).click()
    await shows(/^Visitors/, deliveries.length)
    expect(asked()).toEqual([])
  })

  it('that contain or match come by the address, and say so', async () => {
    await open('&filter=page~LANDING-1&filter=!country~~%5E(FR%7CUS)$')
    await eventually(async () =>
      expect(await chips()).toEqual(['Page contains LANDING-1', 'Country does not match ^(FR|US)$']),
    )
    await shows(/^Visitors/, count((i) => i % 2 === 1 && isGerman(i)) || 0)
    await open('&filter=page~LANDING-0')
    await shows(
      /^Visitors/,
      count((i) => i % 2 === 0),
    )
  })

  it('are chosen in a window, by any dimension, by what is suggested, and by the keyboard alone', async () => {
    await open('')
    await page.getByRole('button', { name: '+ Filter' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Filters and segments' })
    await dialog.getByLabel('What').selectOption('Country')
    const value = dialog.getByLabel('Value')
    await value.press('Enter')
    await dialog.getByText('Say what to look for.').waitFor()
    await dialog.locator('option[value="Germany"]').waitFor({ state: 'attached' })
    await value.fill('Germany')
    await value.press('Enter')
    await shows(/^Visitors/, count(isGerman))
    expect(asked()).toEqual(['country:DE'])

    await page.getByRole('button', { name: '+ Filter' }).click()
    await dialog.getByLabel('What').selectOption('Campaign')
    await dialog.getByLabel('How').selectOption('does not match')
    await value.fill('^aut')
    await dialog.getByRole('button', { name: 'Add the filter' }).click()
    await shows(
      /^Visitors/,
      count((i) => isGerman(i) && isSpring(i)),
    )
    expect(asked()).toEqual(['country:DE', '!campaign~~^aut'])
    expect(await chips()).toEqual(['Country: Germany', 'Campaign does not match ^aut'])
  })

  it('are saved as a segment that everybody finds, is looked at by its address, and is deleted', async () => {
    await open('&filter=country:DE&filter=campaign~spr')
    const expected = count((i) => isGerman(i) && isSpring(i))
    await shows(/^Visitors/, expected)
    await page.getByRole('button', { name: '+ Filter' }).click()
    const dialog = page.getByRole('dialog', { name: 'Filters and segments' })
    await dialog.getByText('No filters are saved yet.').waitFor()
    await dialog.getByLabel('Save the filters of now as').fill('German spring')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await eventually(async () => expect(await chips()).toEqual(['Segment: German spring']))
    expect(asked()).toEqual([])
    const address = page.url()
    expect(new URL(address).searchParams.get('segment')).toMatch(/^[0-9a-f]{16}$/)
    await page.goto('about:blank')
    await page.goto(address)
    await shows(/^Visitors/, expected)
    await panel('Pages').getByRole('link', { name: '/landing-0' }).click()
    expect(new URL(page.url()).searchParams.has('segment')).toBe(true)
    expect(asked()).toEqual(['page:/landing-0'])
    await page.goBack()

    await page.getByRole('button', { name: 'Change the filter Segment: German spring' }).click()
    await page.getByRole('link', { name: 'Change its filters here' }).click()
    expect(asked()).toEqual(['country:DE', 'campaign~spr'])
    await page.getByRole('link', { name: 'Take away the filter Country: Germany' }).click()
    await page.getByRole('button', { name: '+ Filter' }).click()
    await dialog.getByLabel('Save the filters of now as').fill('German spring')
    await dialog.getByRole('button', { name: 'Save' }).click()
    // The same segment with other filters: its address stays true.
    await eventually(async () => new URL(page.url()).searchParams.get('segment') !== null)
    expect(new URL(page.url()).searchParams.get('segment')).toBe(new URL(address).searchParams.get('segment'))
    await shows(/^Visitors/, count(isSpring))

    await page.getByRole('button', { name: '+ Filter' }).click()
    await dialog.getByRole('button', { name: 'Delete the segment German spring' }).click()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByText('Deleted: German spring').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await shows(/^Visitors/, deliveries.length)
  })

  it('are compared side by side: a segment with another, and with all visits, in tiles, chart and lists', async () => {
    const save = async (name: string, filter: string) => {
      const headers = { authorization: `Bearer ${adminToken}` }
      const payload = { name, filters: [filter] }
      return (await app.inject({ method: 'POST', url: '/api/sites/demo/segments', headers, payload })).json().id
    }
    const [germans, french] = [await save('Germans', 'country:DE'), await save('French', 'country:FR')]
    await page.goto(`${address}/sites/demo?period=custom&from=2026-03-10&to=2026-03-10&segment=${germans}`)
    await shows(/^Visitors/, count(isGerman))
    await page.getByRole('button', { name: 'Compared with: Period before' }).click()
    await page.getByRole('link', { name: 'French', exact: true }).click()
    await page.getByRole('button', { name: 'Compared with: French' }).waitFor()
    expect(new URL(page.url()).searchParams.get('compareSegment')).toBe(french)
    // 24 Germans, 12 French.
    await page.getByRole('button', { name: /^Visitors.*100% more, French: 12/s }).waitFor()
    const heads = page.locator('.chart table thead th')
    await eventually(async () => expect(await heads.allInnerTexts()).toEqual(['Time', 'Germans', 'French']))
    const row = panel('Pages').locator('.bar-row', { hasText: '/landing-0' })
    await row.getByText('0% · 0').waitFor()
    await page.goto('about:blank')
    await page.goBack()
    await page.getByRole('button', { name: 'Compared with: French' }).click()
    await page.getByRole('link', { name: 'All visits' }).click()
    await row.getByText('50% · 24').waitFor()
    await eventually(async () => expect(await heads.allInnerTexts()).toEqual(['Time', 'Germans', 'All visits']))
    expect(await findProblems(page)).toEqual([])

    // What it is compared with may have to be made as well: how far that is, and letting go of it.
    await page.route(`**/api/sites/demo/*?*segment=${french}*`, (route) =>
      route.fulfill({ status: 202, json: { making: { done: 30, expected: 120 } } }),
    )
    await page.getByRole('button', { name: 'Compared with: All visits' }).click()
    await page.getByRole('link', { name: 'French', exact: true }).click()
    await page.getByText('Counting single events 25%').first().waitFor()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Compared with: No comparison' }).waitFor()
    expect(new URL(page.url()).searchParams.get('segment')).toBe(germans)
    await shows(/^Visitors/, count(isGerman))
  })

  it('show how far the counting is, and let go of it', async () => {
    await rm(join(factsFolder, 'demo'), { recursive: true, force: true })
    const question = '**/api/sites/demo/*?*filter*'
    // As long as somebody looks: what the server says meanwhile, it says in a moment.
    let isHeld = true
    await page.route(question, async (route) =>
      isHeld ? route.fulfill({ status: 202, json: { making: { done: 30, expected: 120 } } }) : route.continue(),
    )
    await open('&filter=country:DE&filter=campaign:spring')
    await page.getByText('Counting single events 25%').first().waitFor()
    isHeld = false
    await shows(
      /^Visitors/,
      count((i) => isGerman(i) && isSpring(i)),
    )
    await eventually(async () => (await page.getByText('Counting single events').count()) === 0)
    isHeld = true
    await open('&filter=country:DE&filter=campaign:autumn')
    await page.getByRole('link', { name: 'Cancel' }).click()
    expect(asked()).toEqual(['country:DE'])
  })
})

describe.each(['light', 'dark'] as const)('nothing is wrong with the page under filters, %s', (colorScheme) => {
  it.each([360, 1440])('%i pixels wide', async (width) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await open(
      '&filter=country:DE&filter=!campaign:spring&filter=page~/landing-with-a-name-that-is-longer-than-a-phone',
    )
    await eventually(async () => (await page.locator('.skeleton-bar, .making, .chart-skeleton').count()) === 0)
    expect(await findProblems(page)).toEqual([])
    await page.getByRole('button', { name: /^Change the filter Country/ }).click()
    expect(await findProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: '+ Filter' }).click()
    await page.getByRole('dialog').getByLabel('Value').waitFor()
    expect(await findProblems(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.route('**/api/sites/demo/*?*filter*', (route) =>
      route.fulfill({ status: 202, json: { making: { done: 30, expected: 120 } } }),
    )
    await open('&filter=country:DE&filter=!campaign:autumn')
    await page.getByText('Counting single events 25%').first().waitFor()
    expect(await findProblems(page)).toEqual([])
  })
})
