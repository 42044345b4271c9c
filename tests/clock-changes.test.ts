/** Days on which clocks change, as a reader of the site's zone chooses and sees them. */
import { expect, it } from 'vitest'
import { rangeOf } from '../dashboard/page/state/period.ts'
import { visit } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { button, dashboard, open, page } from './support/replays-page.ts'

it.each([
  ['Europe/Berlin', '2026-03-29', 23, '2026-03-28T23:00Z', '2026-03-29T21:00Z'],
  ['Europe/Berlin', '2026-10-25', 25, '2026-10-24T22:00Z', '2026-10-25T22:00Z'],
  ['America/New_York', '2026-03-08', 23, '2026-03-08T05:00Z', '2026-03-09T03:00Z'],
  ['America/New_York', '2026-11-01', 25, '2026-11-01T04:00Z', '2026-11-02T04:00Z'],
])(
  'in %s the chart of %s has %i hours, the first and the last counted where they are',
  async (zone, day, hours, first, last) => {
    await dashboard.createSite('clocks', zone)
    const at = [Date.parse(first), Date.parse(last)]
    // An hour before and an hour after belong to other days.
    for (const [i, start] of [...at, (at[0] as number) - 3_600_000, (at[1] as number) + 3_600_000].entries())
      await dashboard.putCell({ site: 'clocks', granularity: 'hour', at: start }, visit(i, 1))

    await open('/sites/clocks')
    await page.getByRole('button', { name: /^Period/ }).click()
    await page.getByLabel('From', { exact: true }).fill(day)
    await page.getByLabel('To', { exact: true }).fill(day)
    await button('Show').click()
    const rows = page.locator('.chart table tbody tr')
    await eventually(async () =>
      expect(await rows.locator('td:first-of-type').allTextContents()).toEqual([
        '1',
        ...Array(hours - 2).fill('0'),
        '1',
      ]),
    )
    const times = await rows.locator('th').allTextContents()
    expect(times[0]).toMatch(/\b0?0:00$/)
    expect(times.at(-1)).toMatch(/\b23:00$/)
  },
)

it('counts days by the calendar, whatever clocks do on them', () => {
  expect(rangeOf({ period: 'yesterday' }, '2026-03-30', null)).toEqual({ from: '2026-03-29', to: '2026-03-29' })
  expect(rangeOf({ period: '7d' }, '2026-10-26', null)).toEqual({ from: '2026-10-20', to: '2026-10-26' })
})
