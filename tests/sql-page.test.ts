/** The SQL box as an owner uses it: a browser, and a dashboard over what consumers made of traffic. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { aClick, aDelivery, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { address, overTraffic, signedInPage } from './support/traffic-page.ts'

const aClickAt = (at: number, i: number, path: string) => {
  const load = i.toString(16).padStart(16, '0')
  const events = [aClick({ load, n: 0, at, url: `https://shop.example${path}` })]
  return aDelivery({ received: at + 30, sentAt: at + 20, visitor: load, country: 'DE', events })
}
/** Clicks: two on the first page, ten on the second; and one on the day that runs. */
const deliveries = [
  ...Array.from({ length: 12 }, (_, i) => aClickAt(noon + i * 60_000, i, `/page-${i < 2 ? 0 : 1}`)),
  aClickAt(noon + 20 * 3_600_000, 12, '/page-1'),
]

overTraffic('sqlpage', deliveries)
let page: Page
beforeEach(async () => {
  page = await signedInPage()
  await page.goto(`${address}/sites/demo/explore/sql?period=custom&from=2026-03-10&to=2026-03-10`)
  await box().waitFor()
})
afterEach(() => page.close())

const box = () => page.getByLabel('Question in SQL')
const cells = () => page.locator('.sql-table tbody tr').allInnerTexts()
async function ask(sql: string): Promise<void> {
  await box().fill(sql)
  await box().press('Control+Enter')
}

it('answers an example at a click, sorts it, and gives it as files', async () => {
  await page.getByRole('button', { name: 'Clicks by page and country' }).click()
  await eventually(async () => expect(await cells()).toEqual(['/page-1\tDE\t10', '/page-0\tDE\t2']))
  await page.getByRole('button', { name: 'page', exact: true }).click()
  expect(await cells()).toEqual(['/page-0\tDE\t2', '/page-1\tDE\t10'])
  await page.getByRole('button', { name: 'clicks', exact: true }).click()
  expect(await cells()).toEqual(['/page-1\tDE\t10', '/page-0\tDE\t2'])
  await page.getByRole('columnheader', { name: 'clicks' }).and(page.locator('[aria-sort=descending]')).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('demo-sql.csv')
  expect(await readFile(await download.path(), 'utf8')).toBe('page,country,clicks\r\n/page-1,DE,10\r\n/page-0,DE,2\r\n')
}, 60_000)

it('shows parts of a value, tells mistakes with their place, and remembers what was asked', async () => {
  await ask(`SELECT 'Buy' || chr(0) || '#buy' AS target`)
  await eventually(async () => expect(await cells()).toEqual(['Buy · #buy']))
  await ask('SELECT page,\n  colour\nFROM facts')
  await page.getByText(/^Line 2, column 3: .*colour/).waitFor()
  await page.getByRole('button', { name: 'Show the place' }).click()
  expect(await box().evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(15)
  await ask(`SELECT * FROM read_csv('/etc/passwd')`)
  await page.getByText(/^Line 1, column 15: read_csv is not to be had here/).waitFor()
  await page.reload()
  await page.getByText('Asked before').click()
  expect(await page.locator('.sql-past').allInnerTexts()).toHaveLength(3)
}, 60_000)

it('ends a question that nobody wants any more', async () => {
  await ask('SELECT sum(hash(a.range)) FROM range(1000000000000) a, range(1000000) b')
  await page.getByText('Looking for the answer').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Looking for the answer').waitFor({ state: 'detached' })
  // Of a site one is answered at a time: that this one is says that the other has ended.
  await eventually(async () => {
    await ask('SELECT 42 AS answer')
    await eventually(async () => (await cells()).length + (await page.getByText('Another question').count()) > 0)
    return (await cells())[0] === '42'
  })
}, 60_000)

it.each([
  [360, 'light'],
  [1440, 'dark'],
] as const)(
  'can be read and used at %i px, %s',
  async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme })
    await ask('SELECT page, country, browser, os, clicks, time FROM facts WHERE clicks > 0 ORDER BY time LIMIT 5')
    await eventually(async () => expect(await cells()).toHaveLength(5))
    const shots = process.env.RETRACE_TEST_SHOTS
    if (shots) await page.screenshot({ path: join(shots, `sql-${width}.png`), fullPage: true })
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(await findProblems(page)).toEqual([])
  },
  60_000,
)

it('tells in the time zone of the site how far the running day is known', async () => {
  const far = await signedInPage({ timezoneId: 'Asia/Tokyo' })
  await far.goto(`${address}/sites/demo/explore/sql?period=custom&from=2026-03-10&to=2026-03-11`)
  const answered = far.waitForResponse((answer) => answer.request().method() === 'POST' && answer.status() === 200)
  await far.getByRole('button', { name: 'Clicks by page and country' }).click()
  const { through } = (await (await answered).json()) as { through: string }
  expect(through).not.toBeNull()
  const shown = new Date(through).toLocaleString('en-GB', { timeZone: 'UTC' })
  await far.getByText(`The running day is known up to ${shown}.`).waitFor()
  await far.close()
})
