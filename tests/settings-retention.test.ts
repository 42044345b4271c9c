/** How long a site keeps what it has, as its owners say it: a browser and a dashboard over real tables. */
import { expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { bearer } from './support/dashboard.ts'
import { address, dashboard, open, page, shows, signedInPage } from './support/replays-page.ts'

const post = (payload: object) =>
  dashboard.inject({ method: 'POST', url: '/api/sites/shop/retention', headers: bearer, payload })
const kept = async () => {
  const { archiveDays, figureDays } = (await dashboard.get('/api/sites/shop')).body
  return [archiveDays, figureDays]
}

it('is asked about when it becomes less, and not when it becomes more', async () => {
  await open('/sites/shop/settings')
  const form = page.getByRole('region', { name: 'How long data are kept' })
  await form.getByLabel('Days of events').fill('0')
  await form.getByRole('button', { name: 'Save' }).click()
  await shows('A number of days from 1 to 3,660, or nothing.')
  await form.getByLabel('Days of events').fill('90')
  await form.getByRole('button', { name: 'Save' }).click()
  await shows('Keep less than before?')
  await page.keyboard.press('Escape')
  expect(await kept()).toEqual([null, null])
  await form.getByRole('button', { name: 'Save' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Erase what is older' }).click()
  await shows('Saved.')
  expect(await kept()).toEqual([90, null])
  await form.getByLabel('Days of events').fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect.poll(kept).toEqual([null, null])
})

it.each([360, 1440])('has room at %i pixels, in German too', async (width) => {
  await post({ archiveDays: 30, figureDays: 400 })
  const narrow = await signedInPage({ viewport: { width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce' })
  await narrow.goto(`${address}/sites/shop/settings`)
  await narrow.getByLabel('Tage der Zahlen').fill('x')
  await narrow.getByRole('region', { name: 'Wie lange Daten bleiben' }).getByRole('button').click()
  await narrow.getByText('Eine Zahl von Tagen').waitFor()
  expect(await findProblems(narrow)).toEqual([])
  await narrow.close()
})

it('refuses what is no number of days, and nothing changes', async () => {
  await post({ archiveDays: 30, figureDays: 400 })
  const bodies = [
    {},
    { archiveDays: 0, figureDays: null },
    { archiveDays: 1.5, figureDays: null },
    { archiveDays: 3661, figureDays: null },
    { archiveDays: 30 },
  ]
  for (const payload of bodies) expect((await post(payload)).statusCode, JSON.stringify(payload)).toBe(400)
  expect(await kept()).toEqual([30, 400])
})

it('keeps what else a site has', async () => {
  const before = (await dashboard.get('/api/sites/shop')).body
  await post({ archiveDays: 30, figureDays: null })
  expect((await dashboard.get('/api/sites/shop')).body).toEqual({ ...before, archiveDays: 30 })
})
