/** The overview as a site owner sees and uses it: a browser, and a dashboard over real tables. */
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { eventually } from './support/eventually.ts'
import { anIncident } from './support/incidents.ts'
import { dayMs, hourMs, panel, putMorning, rowsOf, today, view } from './support/morning.ts'
import { asked, button, counted, dashboard, open, page, put, shows, textOf } from './support/overview-page.ts'

const chart = () => page.getByRole('slider')

describe('who compares', () => {
  it('chooses with what, and finds the choice in the address', async () => {
    await putMorning()
    await put(today - 365 * dayMs + 8 * hourMs, counted({ ...view, pageviews: 8 }, [5]))
    await open()
    await eventually(async () => (await textOf(button(/^Page views/))).includes('100%'))
    await button('Compared with: Period before').click()
    await page.getByRole('link', { name: 'Year before' }).click()
    expect(asked()).toEqual({ compare: 'year' })
    await eventually(async () => (await textOf(button(/^Page views/))).includes('↓ 75%'))
    await button('Compared with: Year before').click()
    await page.getByRole('link', { name: 'No comparison' }).press('Enter')
    await eventually(async () => !(await textOf(button(/^Page views/))).includes('%'))
    await button('Compared with: No comparison').click()
    await page.getByLabel('From', { exact: true }).fill('2026-11-22')
    await page.getByLabel('To', { exact: true }).fill('2026-11-22')
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    expect(asked()).toEqual({ compare: 'custom', compareFrom: '2026-11-22', compareTo: '2026-11-22' })
    await page.reload()
    await eventually(async () => (await textOf(button(/^Page views/))).includes('100%'))
  })
})

describe('where nobody came', () => {
  it('is said how to begin, and whether bots alone came', async () => {
    await open()
    await shows('Waiting for the first visit')
    expect(await page.getByText('bot').count()).toBe(0)
    await put(today + 8 * hourMs, counted({ bots: 1 }, []))
    await shows('1 event came from a bot')
    await put(today - dayMs + 8 * hourMs, counted({ bots: 1234 }, []))
    await page.reload()
    await shows('Nothing happened in this period. 1 event came from a bot')
    await button('Show all time').click()
    await shows('1,235 events came from bots')
    await put(today + 9 * hourMs, counted(view, [1]))
    await eventually(async () => (await page.getByText('bots').count()) === 0)
  })
})

describe('who looks closer', () => {
  it('goes from days to hours to minutes by clicks or keys, and back', async () => {
    await putMorning()
    for (const minute of [5, 6])
      await dashboard.putCell(
        { site: 'shop', granularity: 'minute', at: today + 9 * hourMs + minute * 60_000 },
        counted(view, [minute]),
      )
    await open('?period=7d')
    await chart().press('End')
    await chart().press('Enter')
    await eventually(() => asked().from === '2026-11-23')
    expect(asked()).toEqual({ period: 'custom', from: '2026-11-23', to: '2026-11-23' })
    await eventually(async () => (await chart().getAttribute('aria-valuemax')) === '23')
    await chart().press('Home')
    for (let hour = 0; hour < 9; hour++) await chart().press('ArrowRight')
    await chart().press('Enter')
    await eventually(() => asked().from === '2026-11-23T09:00')
    await eventually(async () => (await chart().getAttribute('aria-valuemax')) === '59')
    // The lists know hours alone, which a part of one is within.
    await eventually(async () => (await rowsOf('Pages'))[0]?.[0] === '/b')
    await page.goBack()
    await eventually(async () => (await chart().getAttribute('aria-valuemax')) === '23')
  })

  it('drags over several points', async () => {
    await putMorning()
    await open('?period=7d')
    await chart().waitFor()
    await page.locator('.plot').waitFor()
    const box = (await chart().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    const x = (index: number) => box.x + 44 + ((box.width - 52) * index) / 6
    await page.mouse.move(x(2), box.y + 100)
    await page.mouse.down()
    await page.mouse.move(x(4), box.y + 100, { steps: 4 })
    await page.mouse.up()
    await eventually(() => asked().from === '2026-11-19')
    expect(asked()).toEqual({ period: 'custom', from: '2026-11-19', to: '2026-11-21' })
  })

  it('sees which points late events have changed, and what was normal where an incident is', async () => {
    await putMorning()
    await put(today - dayMs + 8 * hourMs, counted({ events: 5, pageviews: 5 }, [9]), '2026-11-23')
    await open('?period=yesterday')
    await shows('Changed by late events')
    expect(await page.locator('.plot-restated').count()).toBe(1)
    await dashboard.putIncident(anIncident({ at: today + 9 * hourMs, series: { metric: 'pageviews' } }))
    await open('?period=custom&from=2026-11-23T09:00&to=2026-11-23T10:00&metric=pageviews')
    await shows('What was normal')
    expect(await page.locator('.plot-band').count()).toBe(1)
  })
})

describe('one value by itself', () => {
  it('has its own figures and what cells count together with it, until it is taken away', async () => {
    await putMorning()
    await open('?metric=clicks')
    await panel('Pages').getByRole('link', { name: '/a' }).click()
    await shows('Page: /a')
    await eventually(async () => /\b1\b/.test(await textOf(button(/^Clicks/))))
    expect(await button(/^Views per visit/).count()).toBe(0)
    await eventually(async () => (await rowsOf('Clicks'))[0]?.includes('1'))
    // All panels are there: what cells do not count together comes from facts, of which there are none here.
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toContain('Locations')
    await shows(/^Visits, bounce rate and durations are those of visits that began on this page/)
    await page.reload()
    await page.getByRole('link', { name: /^Take away the filter/ }).press('Enter')
    await eventually(async () => /\b4\b/.test(await textOf(button(/^Clicks/))))
    expect(asked()).toEqual({ metric: 'clicks' })
  })

  it('says so when its figures cannot be loaded, and shows them when they are asked for once more', async () => {
    await putMorning()
    await page.route('**/summary?*', (route) => route.abort())
    await open('?filter=page:/a&compare=none')
    await button('Try again').waitFor()
    await page.unroute('**/summary?*')
    await button('Try again').click()
    await eventually(async () => /\b1\b/.test(await textOf(button(/^Clicks/))))
    expect(await button('Try again').count()).toBe(0)
  })

  it('is an event with its properties', async () => {
    await putMorning()
    await open('?filter=event:signup')
    await eventually(async () => /\b2\b/.test(await textOf(button(/^Events/))))
    await eventually(async () => (await rowsOf('Events'))[0]?.includes('pro'))
  })
})

describe('details', () => {
  it('are found, put in order, turned over, and taken along as CSV', async () => {
    const pages = Array.from({ length: 130 }, (_, i): ['page', string] => ['page', `/p${i}`])
    await put(today + 8 * hourMs, counted({ pageviews: 1 }, [1], pages))
    await put(today + 8 * hourMs, counted({ pageviews: 6 }, [2], [['page', '/p7']]))
    await open()
    await button('Show all 130').click()
    const body = page.getByRole('dialog').locator('tbody tr')
    await eventually(async () => (await body.count()) === 100)
    const first = ['/p7', 'Click', 'map', '2', '100%', '0', '7', '0', '–', '0s', '0s']
    expect((await textOf(body.first())).split(/\s+/)).toEqual(first)
    await button('Next page').click()
    await shows('101 to 130 of 130')
    expect(await body.count()).toBe(30)
    await page.getByRole('dialog').getByRole('button', { name: 'Page', exact: true }).click()
    expect(await textOf(body.first())).toMatch(/^\/p0\s/)
    await page.getByRole('dialog').getByRole('button', { name: 'Page', exact: true }).click()
    expect(await textOf(body.first())).toMatch(/^\/p129\s/)
    await page.getByLabel('Search').fill('P12')
    expect(await body.count()).toBe(11)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Download CSV').click()])
    expect(download.suggestedFilename()).toBe('shop-page.csv')
    expect(asked()).toEqual({ details: 'page' })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await eventually(() => asked().details === undefined)
    await open('?details=page')
    await page.getByRole('dialog').getByRole('link', { name: '/p7', exact: true }).click()
    await shows('Page: /p7')
    expect(asked()).toEqual({ filter: 'page:/p7' })
  })
})

describe.each(['light', 'dark'] as const)('nothing is wrong with the page, %s', (colorScheme) => {
  it.each([360, 768, 1440])('%i pixels wide', async (width) => {
    await putMorning()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    for (const query of ['', '?locations=map&quality=depth', '?filter=page:/a', '?details=page']) {
      await open(query)
      await shows('Experience')
      await eventually(async () => (await page.locator('.skeleton-bar').count()) === 0)
      expect(await findProblems(page)).toEqual([])
    }
  })
})
