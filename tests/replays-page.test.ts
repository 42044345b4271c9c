/** The page of replays as an administrator sees and uses it: a browser, and a dashboard over real stores. */

import { describe, expect, it } from 'vitest'
import { reportKey } from '../consumers/replay/shapes/report.ts'
import { now } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { anIdenticalReport, aReport } from './support/replay-report.ts'
import { button, create, generations, open, page, putReport, row, shows, textOf } from './support/replays-page.ts'

describe('who asks for a replay', () => {
  it('learns from the empty page what one is for, and starts one', async () => {
    await open('/')
    await page.getByRole('link', { name: 'Replays' }).click()
    await shows('No replay yet')
    await shows('npm run replay -- --all --from 2026-11-22')
    await button('Start a replay').click()
    await page.getByLabel('First day').fill('2026-11-20')
    await page.getByLabel('Some sites').check()
    await page.getByLabel('shop').check()
    await page.getByLabel('Version of the rules').fill('a1b2')
    await button('Start').click()
    await shows('Waiting to start')
    const [record] = await generations().list()
    expect(record).toMatchObject({
      state: 'requested',
      sites: ['shop'],
      from: '2026-11-20',
      to: '2026-11-23',
      source: 'auto',
      rules: 'a1b2',
    })
    expect(new URL(page.url()).pathname).toBe(`/replays/${record?.id}`)
    await page.goBack()
    await shows(/^20.+23 Nov 2026$/)
  })

  it('is told beside each field what is wrong with it, and is led to the first', async () => {
    await open('/replays')
    await button('Start a replay').click()
    await page.getByLabel('Some sites').check()
    await page.getByLabel('First day').fill('2026-11-24')
    await page.getByLabel('Last day').fill('')
    await page.getByLabel('Version of the rules').fill('a b')
    await button('Start').click()
    const problems = await page.getByRole('alert').allInnerTexts()
    expect(problems).toEqual([
      'Choose at least one site.',
      'This day has not come yet.',
      'Choose a day.',
      expect.stringMatching(/^Letters, digits/),
    ])
    expect(await page.getByLabel('Some sites').evaluate((input) => input.matches(':focus'))).toBe(true)
    expect(await page.getByLabel('First day').getAttribute('aria-describedby')).toMatch(/-from-problem$/)
    expect(await generations().list()).toEqual([])
  })

  it('reads what the dashboard itself refuses beside the field that it means', async () => {
    await open('/replays')
    await button('Start a replay').click()
    await page.getByLabel('First day').fill('2001-01-01')
    await page.clock.setFixedTime(now + 86_400_000)
    await page.getByLabel('Last day').fill('2026-11-24')
    await button('Start').click()
    await shows('to must not lie in the future')
    expect(await page.getByLabel('Last day').getAttribute('aria-invalid')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await button('Start a replay').evaluate((element) => element.matches(':focus'))).toBe(true)
  })
})

describe('who watches a replay', () => {
  it('sees it come along, in the list and by itself, until its report is there', async () => {
    const running = { state: 'running', progress: { events: 1000, expectedEvents: 4000, at: now } } as const
    await create('watched', running)
    await open('/replays')
    const bar = page.getByRole('progressbar', { name: 'Progress of watched' })
    await bar.waitFor()
    expect(await bar.getAttribute('aria-valuenow')).toBe('25')
    await generations().change('watched', 'progress', { progress: { events: 3000, expectedEvents: 4000, at: now } })
    await eventually(async () => (await bar.getAttribute('aria-valuenow')) === '75')
    await page.getByRole('link', { name: '22 Nov 2026' }).click()
    await shows('3,000 of 4,000 events')
    const report = aReport('watched', 'shop', ['2026-11-22'])
    await putReport('watched', report)
    await generations().change('watched', 'finish', { counts: report.cells, report: reportKey('watched') })
    await shows('What it changes')
    await shows('Ready')
  })

  it('reads why it failed', async () => {
    await create('failed', { state: 'failed', error: 'archive/2026/11/22/10/x.parquet is missing' })
    await open('/replays')
    await shows('archive/2026/11/22/10/x.parquet is missing')
    await open('/replays/failed')
    await shows('It failed, and what is published has not changed:')
    await shows('archive/2026/11/22/10/x.parquet is missing')
    expect(await button('Publish').count()).toBe(0)
  })

  it('keeps what it saw while the dashboard does not answer, and is told so', async () => {
    await create('watched', { state: 'running', progress: { events: 1000, expectedEvents: 4000, at: now } })
    await open('/replays')
    await shows('1,000 of 4,000 events')
    await page.route('**/api/replays', (route) => route.abort())
    await shows('What you see may be old: the dashboard does not answer.')
    await shows('1,000 of 4,000 events')
    await page.unroute('**/api/replays')
    await page.getByRole('alert').waitFor({ state: 'detached' })
  })

  it('can load the page again when a part of it is gone', async () => {
    await page.route('**/assets/replays-*.js', (route) => route.abort())
    await open('/replays')
    await shows('This page could not be loaded.')
    await page.unroute('**/assets/replays-*.js')
    await button('Load again').click()
    await shows('No replay yet')
  })

  it('is told when there is no such replay', async () => {
    await open('/replays/nothing')
    await shows('There is no replay nothing.')
  })
})

describe('who compares', () => {
  const days = ['2026-11-20', '2026-11-21', '2026-11-22']

  it('sees old and new figures, and a row chooses what the chart shows, in the address too', async () => {
    await create('compared', { from: days[0] as string }, aReport('compared', 'shop', days))
    await open('/replays/compared')
    await shows('All 5,210 accepted events of these days were found.')
    expect((await textOf(row('visits'))).split(/\s+/)).toEqual(['Visits', '3,631', '3,351', '−280', '−7.7%'])
    expect(await textOf(row('bounceRate'))).toMatch(/^Bounce rate\s+30\.8%\s+25\.0%\s+−5\.8 pts/)
    expect(await textOf(row('errors'))).toMatch(/^Errors\s+0\s+0\s+none/)
    await page.getByRole('heading', { name: 'Visitors by day' }).waitFor()
    await row('bots').getByRole('button').press('Enter')
    await page.getByRole('heading', { name: 'Events of bots by day' }).waitFor()
    expect(new URL(page.url()).search).toBe('?figure=bots')
    const table = page.getByRole('table', { name: 'Events of bots over time' })
    expect(await table.getByRole('row').allInnerTexts()).toEqual([
      'Time\tThis replay\tAs published',
      'Fri, 20 Nov 2026\t120\t0',
      'Sat, 21 Nov 2026\t20\t0',
      'Sun, 22 Nov 2026\t140\t0',
    ])
    await page.getByRole('slider').press('Home')
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toBe('Fri, 20 Nov 2026: 120, As published: 0')
  })

  it('goes through the dimensions by tabs, and finds the same again by the address', async () => {
    await create('values', {}, aReport('values', 'shop', days))
    await open('/replays/values')
    const values = page.getByRole('tabpanel').getByRole('row')
    await values.filter({ hasText: 'HeadlessChrome' }).waitFor()
    await page.getByRole('tab', { name: 'Browsers' }).press('ArrowRight')
    expect((await textOf(values.nth(1))).split(/\s+/)).toEqual('United States 1,740 was 1,980 460 was 700'.split(' '))
    await page.getByRole('tab', { name: 'Pages', exact: true }).click()
    await shows('The 20 that changed most, of 24.')
    await page.reload()
    await shows('The 20 that changed most, of 24.')
    expect(await page.getByRole('tab', { name: 'Pages', exact: true }).getAttribute('aria-selected')).toBe('true')
  })

  it('sees days of years ago, which an import brought, on a chart of their own', async () => {
    const old = ['2019-03-01', '2019-03-04', '2019-03-18']
    await create('imported', {}, aReport('imported', 'shop', [...old, '2026-11-21', '2026-11-22']))
    await open('/replays/imported')
    const chart = page.locator('.day-chart')
    const days = chart.getByLabel('Days')
    await days.waitFor()
    expect(await days.locator('option').allTextContents()).toEqual([
      expect.stringMatching(/^1\W+18 Mar 2019$/),
      expect.stringMatching(/^21\W+22 Nov 2026$/),
    ])
    expect(await days.inputValue()).toBe('1')
    const drawn = () => textOf(chart.locator('.chart'))
    expect(await drawn()).toContain('Nov')
    await days.selectOption('0')
    await eventually(async () => (await drawn()).includes('Mar') && !(await drawn()).includes('Nov'))
  })

  it('is told when nothing changed', async () => {
    await create('same', {}, anIdenticalReport('same'))
    await open('/replays')
    await shows('Nothing changed')
    await open('/replays/same')
    await shows('Identical, to the byte')
    await shows('All 174 cells are the same as published.')
    expect(await page.getByRole('heading', { name: 'What it changes' }).count()).toBe(0)
  })

  it('is warned when events are missing', async () => {
    const report = anIdenticalReport('short')
    await create(
      'short',
      {},
      { ...report, events: { ...report.events, replayed: 5200, accountable: 5200, recordsPassedOver: 1 } },
    )
    await open('/replays/short')
    await shows('Of 5,210 accepted events of these days, 5,200 were found. 1 records could not be handled')
  })
})

describe('who decides', () => {
  /** Clicks an action, reads what will happen, and agrees. */
  async function decide(name: string): Promise<string> {
    await button(name).click()
    const dialog = page.getByRole('dialog')
    const told = await textOf(dialog)
    await dialog.getByRole('button', { name, exact: true }).click()
    return told
  }

  it('publishes, and rolls back, after a question that says what will happen', async () => {
    await create('decided', {}, aReport('decided', 'shop', ['2026-11-22']))
    await open('/replays/decided')
    await button('Publish').click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await generations().publications()).list).toEqual([])
    expect(await decide('Publish')).toContain('every dashboard shows its figures for these days')
    await shows('Published. Its figures count from now on.')
    expect((await generations().publications()).list.map(({ generation }) => generation)).toEqual(['decided'])
    expect(await decide('Roll back')).toContain('What was published before this replay counts again')
    await shows('Rolled back. What was published before counts again.')
    expect((await generations().publications()).list).toEqual([])
    await decide('Drop')
    await shows(/^Its figures may still be in use. Try again later. It may be in \d+s.$/)
  })

  it('withdraws what has not begun', async () => {
    await create('hasty', { state: 'requested', segments: [] })
    await open('/replays/hasty')
    expect(await decide('Drop')).toContain('It has not begun.')
    await eventually(async () => (await generations().find('hasty'))?.state === 'dropped')
  })

  it('drops what is of no use', async () => {
    await create('useless', { state: 'failed', error: 'gone' })
    await open('/replays/useless')
    expect(await decide('Drop')).toContain('Its figures are deleted for good.')
    await shows('Dropped. Its figures are deleted.')
    await eventually(async () => (await generations().find('useless'))?.state === 'dropped')
    await eventually(async () => (await page.getByRole('button', { name: 'Drop' }).count()) === 0)
  })

  it('is refused in words when the replay has changed meanwhile', async () => {
    await create('late', {}, anIdenticalReport('late'))
    await open('/replays/late')
    await button('Publish').waitFor()
    await generations().drop('late', now, async () => 0)
    await decide('Publish')
    await shows('Only a replay that is ready can be published.')
  })
})
