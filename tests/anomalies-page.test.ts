/** The page of anomalies as people see and use it: a browser, and a dashboard over real stores. */
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { now } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { anIncident } from './support/incidents.ts'
import { aMember } from './support/people.ts'
import { address, button, dashboard, open, page, shows, textOf } from './support/replays-page.ts'
import { api, become } from './support/settings-page.ts'
import { putWatchedPast } from './support/watched-past.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const card = (name: string) => page.getByRole('article', { name, exact: true })

/** A silence that goes on, a flood of clicks yesterday, and one of a page whose share of short visits is unusual. */
async function putIncidents(): Promise<void> {
  // In place of figures, a site at which nothing was counted yet says how to begin.
  await dashboard.putVisit('shop', now - dayMs, 1, 2)
  const silence = { observed: 0, expected: 40, low: 20, high: 61 }
  await dashboard.putIncident(
    anIncident({
      at: now - hourMs,
      end: undefined,
      series: { metric: 'pageviews' },
      others: [],
      peak: silence,
      changed: [],
    }),
  )
  await dashboard.putIncident(anIncident({ at: now - dayMs }))
  await dashboard.putIncident(
    anIncident({
      at: now - 3 * dayMs,
      end: now - 3 * dayMs + 2 * hourMs,
      series: { metric: 'bounceRate' },
      severity: 'notice',
      stepMs: hourMs,
      peak: { observed: 0.82, expected: 0.44, low: 0.38, high: 0.51 },
      changed: [{ dimension: 'source', value: '', observed: 300, expected: 120 }],
    }),
  )
}

describe('the page of anomalies', () => {
  it('is reached from the figures by keyboard, and says what goes on and what was', async () => {
    await putIncidents()
    await open('/sites/shop?period=7d')
    const link = page.getByRole('link', { name: 'All anomalies' })
    await link.focus()
    await page.keyboard.press('Enter')
    await shows('Page views far below normal')
    expect(new URL(page.url()).pathname).toBe('/sites/shop/anomalies')
    const headings = await page.getByRole('heading').allInnerTexts()
    expect(headings).toEqual([
      'Anomalies',
      'Going on',
      'Page views far below normal',
      'Over, of the last 30 days',
      'Clicks far above normal',
      'Bounce rate far above normal',
      'Try a threshold on the past',
    ])
    const silence = await textOf(card('Page views far below normal'))
    expect(silence).toContain('since Mon')
    expect(silence).toContain('0 in a minute, normal is 20 to 61, expected 40')
    const flood = await textOf(card('Clicks far above normal'))
    expect(flood).toContain('for 12m 00s')
    expect(flood).toContain('Unusual with it: Errors')
    expect(flood).toMatch(/Clicked Buy\s+85\s+4/)
    expect(await textOf(card('Bounce rate far above normal'))).toContain('82%, normal is 38% to 51%, expected 44%')
    expect(await findProblems(page)).toEqual([])
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await page.locator('.headline').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await shows('Page views far below normal')
  })

  it('leads to the figures of that time', async () => {
    await putIncidents()
    await open('/sites/shop/anomalies')
    await card('Clicks far above normal').getByRole('link').click()
    await page.locator('.headline').waitFor()
    const asked = Object.fromEntries(new URL(page.url()).searchParams)
    expect(asked).toEqual({ period: 'custom', from: '2026-11-22T09:00', to: '2026-11-22T12:00', metric: 'clicks' })
  })

  it('takes what an editor says of an incident, with the arrow keys, and keeps it', async () => {
    await putIncidents()
    await become(await aMember(dashboard, 'edda@example.org', { shop: 'editor' }))
    await open('/sites/shop/anomalies')
    const opinion = card('Clicks far above normal').getByRole('group', { name: 'Was it worth telling?' })
    await opinion.getByLabel('Not said').focus()
    await page.keyboard.press('ArrowLeft')
    await shows('From now on it takes more to tell this again.')
    const verdict = async () => (await api('/api/sites/shop/anomalies?from=2026-11-22')).anomalies[1].verdict
    await eventually(async () => (await verdict()) === 'noise')
    await open('/sites/shop/anomalies')
    expect(await opinion.getByLabel('Noise').isChecked()).toBe(true)
    await opinion.getByLabel('Not said').check()
    await eventually(async () => (await verdict()) === undefined)
  })

  it('asks a viewer nothing, and says so where nothing happened', async () => {
    await putIncidents()
    await dashboard.createSite('quiet')
    await become(await aMember(dashboard, 'vera@example.org', { shop: 'viewer', quiet: 'viewer' }))
    await open('/sites/shop/anomalies')
    await shows('Page views far below normal')
    expect(await page.getByRole('radio', { name: 'Noise' }).count()).toBe(0)
    await button('Site: shop').click()
    await page.getByRole('link', { name: 'quiet' }).click()
    await shows('Nothing out of the ordinary in the last 30 days.')
    expect(page.url()).toBe(`${address}/sites/quiet/anomalies`)
  })

  it('tries a threshold on the past of a metric, in a picture and in words', async () => {
    await putWatchedPast(dashboard, 'shop')
    await open('/sites/shop/anomalies')
    await page.getByLabel('First day').fill('2026-11-20')
    await page.getByLabel('Threshold: 9').waitFor()
    await button('Try it').click()
    await shows('Would have been told: 1')
    const told = page.getByRole('region', { name: 'Try a threshold on the past' })
    expect(await textOf(told)).toMatch(/Page views far above normal.*in an hour, normal is/s)
    expect(await told.locator('.backtest-told').count()).toBe(1)
    expect(await findProblems(page)).toEqual([])
    await page.getByLabel('Threshold: 9').fill('30')
    await button('Try it').click()
    await shows('Nothing would have been told.')
    await page.getByLabel('Looked at by the').selectOption('minute')
    await button('Try it').click()
    await shows('interval=minute goes back 48 hours')
  }, 60_000)

  it('says that too little is known of a site that is new, and offers viewers no trial', async () => {
    await open('/sites/shop/anomalies')
    await button('Try it').click()
    await shows('Too little is known to tell anything')
    await become(await aMember(dashboard, 'vera@example.org', { shop: 'viewer' }))
    await open('/sites/shop/anomalies')
    await shows('Nothing out of the ordinary')
    expect(await button('Try it').count()).toBe(0)
  })
})
