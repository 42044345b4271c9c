/** Notes at the chart as people see and write them: a browser, and a dashboard over real tables. */
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { fillSite } from './support/busy-site.ts'
import { eventually } from './support/eventually.ts'
import { aMember } from './support/people.ts'
import { button, dashboard, open, page, shows, textOf } from './support/replays-page.ts'
import { api, become } from './support/settings-page.ts'

const dialog = () => page.getByRole('dialog', { name: 'Notes at the chart' })
const marks = () => page.getByRole('list', { name: 'Notes' }).getByRole('button')
const chart = () => page.getByRole('slider')
const write = (at: string, text: string) => api('/api/sites/shop/notes', { at, text })
const notes = async (query = '?from=2026-11-01&to=2026-11-30') =>
  (await api(`/api/sites/shop/notes${query}`)).notes.map(({ at, text }: { at: string; text: string }) => [at, text])

describe('an editor', () => {
  it('notes what happens now, by keyboard alone, sees it below the axis, and deletes it after a question', async () => {
    await fillSite(dashboard, 'shop', 2)
    await become(await aMember(dashboard, 'edda@example.org', { shop: 'editor' }))
    await open('/sites/shop')
    await chart().waitFor()
    await page.keyboard.press('n')
    await dialog().getByLabel('What happened').waitFor()
    expect(await dialog().getByLabel('Day').inputValue()).toBe('2026-11-23')
    expect(await dialog().getByLabel('Time').inputValue()).toBe('10:20')
    await dialog().getByRole('button', { name: 'Add' }).press('Enter')
    await shows('Say what happened.')
    expect(
      await dialog()
        .getByLabel('What happened')
        .evaluate((field) => field.matches(':focus')),
    ).toBe(true)
    await page.keyboard.type('release 2.3')
    await page.keyboard.press('Enter')
    await shows('Added: release 2.3')
    expect(await notes()).toEqual([['2026-11-23T10:20:00.000Z', 'release 2.3']])
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })

    await marks().first().focus()
    expect(await textOf(page.locator('.tooltip'))).toContain('release 2.3')
    expect(await marks().first().getAttribute('aria-label')).toMatch(/^Note Mon.* 10:20: release 2\.3$/)
    await page.keyboard.press('Enter')
    const remove = dialog().getByRole('button', { name: 'Delete: release 2.3' })
    await remove.press('Enter')
    // What has the focus now is to keep it.
    await page.keyboard.press('Enter')
    await eventually(() => remove.evaluate((element) => element.matches(':focus')))
    await remove.press('Enter')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await shows('Deleted: release 2.3')
    expect(await notes()).toEqual([])
    await page.keyboard.press('Escape')
    await eventually(async () => (await marks().count()) === 0)
  })

  it('begins with the point that is looked at, or with the last day of a period that is over', async () => {
    await fillSite(dashboard, 'shop', 8)
    await open('/sites/shop')
    await chart().focus()
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'n']) await page.keyboard.press(key)
    await dialog().getByLabel('Time').waitFor()
    expect(await dialog().getByLabel('Time').inputValue()).toBe('02:00')
    await open('/sites/shop?period=custom&from=2026-11-01&to=2026-11-20')
    await chart().waitFor()
    await button('Add a note to the chart').click()
    await dialog().getByLabel('Day').waitFor()
    expect(await dialog().getByLabel('Day').inputValue()).toBe('2026-11-20')
    expect(await dialog().getByLabel('Time').inputValue()).toBe('')
    await dialog().getByLabel('What happened').fill('newsletter')
    await dialog().getByRole('button', { name: 'Add' }).click()
    await shows('Added: newsletter')
    expect(await notes()).toEqual([['2026-11-20T00:00:00.000Z', 'newsletter']])
  })

  it('is told what the API refuses, and keeps what was written', async () => {
    await fillSite(dashboard, 'shop', 1)
    await open('/sites/shop?period=7d')
    await chart().waitFor()
    await button('Add a note to the chart').click()
    await dialog().getByLabel('Day').fill('2031-01-01')
    await dialog().getByLabel('What happened').fill('far away')
    await dialog().getByRole('button', { name: 'Add' }).click()
    await shows('at must be after 1970-01-01, and at most a year from now')
    expect(await dialog().getByLabel('What happened').inputValue()).toBe('far away')
  })
})

describe('a viewer', () => {
  it('reads notes at the chart, those of one place together, and writes none', async () => {
    await fillSite(dashboard, 'shop', 2)
    await write('2026-11-23T08:10', 'first')
    await write('2026-11-23T08:40', 'second')
    await write('2026-11-21', 'another day')
    await become(await aMember(dashboard, 'vera@example.org', { shop: 'viewer' }))
    await open('/sites/shop')
    await eventually(async () => (await marks().count()) === 1)
    expect(await textOf(marks())).toBe('2')
    await chart().focus()
    await page.keyboard.press('Home')
    for (let hour = 0; hour < 8; hour += 1) await page.keyboard.press('ArrowRight')
    expect(await chart().getAttribute('aria-valuetext')).toMatch(/ 8:00: .*, first, second$/)
    expect(await textOf(page.locator('.tooltip'))).toMatch(/first[\s\S]*second/)
    await marks().click()
    await dialog().getByText('second').waitFor()
    expect(await dialog().getByRole('listitem').count()).toBe(2)
    expect(await dialog().getByRole('textbox').count()).toBe(0)
    expect(
      await dialog()
        .getByRole('button', { name: /Delete/ })
        .count(),
    ).toBe(0)
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    expect(await button('Add a note to the chart').count()).toBe(0)
    await page.keyboard.press('n')
    expect(await dialog().count()).toBe(0)
  })
})

it.each([360, 1440])('in %i pixels all of it has room, and can be read in both themes', async (width) => {
  await fillSite(dashboard, 'shop', 2)
  await write('2026-11-23T00:10', 'at the very left, and as long as a note may be, '.repeat(4).slice(0, 200))
  for (let hour = 1; hour < 10; hour += 1) await write(`2026-11-23T0${hour}:10`, `${hour}`.repeat(40))
  await page.setViewportSize({ width, height: 900 })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await open('/sites/shop')
    await marks().first().waitFor()
    await marks().first().focus()
    expect(await findProblems(page), colorScheme).toEqual([])
    const boxes = await Promise.all((await marks().all()).map((mark) => mark.boundingBox()))
    for (const [i, box] of boxes.entries()) expect(box?.x).toBeGreaterThanOrEqual((boxes[i - 1]?.x ?? -24) + 23.9)
    await page.keyboard.press('Enter')
    await dialog()
      .getByRole('button', { name: /^Delete:/ })
      .first()
      .click()
    await dialog().getByRole('button', { name: 'Keep' }).waitFor()
    expect(await findProblems(page), colorScheme).toEqual([])
  }
})
