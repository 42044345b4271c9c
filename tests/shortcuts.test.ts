/** Who works by keyboard alone gets everywhere by single keys, unless those are switched off. */
import { describe, expect, it } from 'vitest'
import { readKey, shortcuts } from '../dashboard/page/shortcuts/keys.ts'
import { findProblems } from './support/accessibility.ts'
import { now } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { address, dashboard, open, page } from './support/replays-page.ts'

const addressIs = (path: string) => page.waitForURL(`${address}${path}`, { timeout: 5000 })
const theme = () => page.evaluate<string | undefined>('document.documentElement.dataset.theme')

async function openShop(): Promise<void> {
  await dashboard.createSite('garden')
  await dashboard.putVisit('shop', now, 1, 2)
  await open('/sites/shop')
  await page.getByRole('button', { name: /^Visitors/ }).waitFor()
}

describe('a key', () => {
  it('means one thing, alone or after another', () => {
    const all = Object.values(shortcuts)
      .flat()
      .map(({ keys }) => keys.join(' '))
    expect(new Set(all).size).toBe(all.length)
    const g = readKey(undefined, 'g', 0)
    expect(g).toEqual({ pending: { key: 'g', at: 0 } })
    expect(readKey(g.pending, 'r', 1000).action).toEqual({ type: 'page', page: 'replays' })
    expect(readKey(undefined, 'r', 0).action).toEqual({ type: 'live' })
  })

  it('that was pressed long ago, or before one that does not follow it, is forgotten', () => {
    expect(readKey({ key: 'g', at: 0 }, 'r', 1501)).toEqual(readKey(undefined, 'r', 1501))
    expect(readKey({ key: 'g', at: 0 }, 'q', 10)).toEqual({ pending: undefined })
    expect(readKey({ key: 'g', at: 0 }, 'g', 10)).toEqual({ pending: { key: 'g', at: 10 } })
  })
})

describe('single keys', () => {
  it('choose the period', async () => {
    await openShop()
    for (const [key, period] of [
      ['w', '7d'],
      ['t', '30d'],
      ['m', 'month'],
      ['y', '12mo'],
      ['a', 'all'],
      ['e', 'yesterday'],
    ]) {
      await page.keyboard.press(key as string)
      await addressIs(`/sites/shop?period=${period}`)
    }
    await page.keyboard.press('d')
    await addressIs('/sites/shop')
    await page.keyboard.press('r')
    await addressIs('/sites/shop?interval=minute')
  })

  it('go from page to page', async () => {
    await openShop()
    for (const [key, path] of [
      ['p', '/pipeline'],
      ['r', '/replays'],
      ['o', '/sites/shop'],
    ]) {
      await page.keyboard.press('g')
      await page.keyboard.press(key as string)
      await addressIs(path as string)
    }
  })

  it('open the sites and the periods, where Tab goes on, and Escape leads back', async () => {
    await openShop()
    await page.keyboard.press('/')
    await page.getByRole('link', { name: 'garden' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('button', { name: /^Site:/ }).evaluate((button) => button.matches(':focus'))).toBe(true)
    await page.keyboard.press('c')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await addressIs('/sites/shop?period=yesterday')
  })

  it('open what to compare with', async () => {
    await openShop()
    await page.keyboard.press('x')
    for (let tab = 0; tab < 2; tab += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await addressIs('/sites/shop?compare=year')
    const opener = page.getByRole('button', { name: 'Compared with: Year before' })
    const isOpen = (open: boolean) => async () => (await opener.getAttribute('aria-expanded')) === String(open)
    await eventually(isOpen(false))
    await page.keyboard.press('x')
    await eventually(isOpen(true))
    await page.keyboard.press('Escape')
    await eventually(isOpen(false))
    expect(await opener.evaluate((button) => button.matches(':focus'))).toBe(true)
  })

  it('switch between light and dark, and the menu knows', async () => {
    await openShop()
    await page.getByRole('button', { name: 'Settings' }).click()
    await page.keyboard.press('b')
    expect(await theme()).toBe('dark')
    await eventually(async () => expect(await page.getByLabel('Dark').isChecked()).toBe(true))
    await page.keyboard.press('b')
    expect(await theme()).toBe('light')
  })

  it('do nothing while somebody writes, in a dialog, or together with Control', async () => {
    await openShop()
    await page.keyboard.press('c')
    await page.getByLabel('From').focus()
    await page.keyboard.press('b')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+b')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('b')
    await page.keyboard.press('w')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await theme()).toBeUndefined()
    await addressIs('/sites/shop')
    await page.keyboard.press('b')
    expect(await theme()).toBe('dark')
  })

  it('are listed on a sheet, and can be switched off there for good', async () => {
    await openShop()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    for (const text of ['Last 30 days', 'Pipeline', 'Another site', 'Compare with other days', 'Light or dark'])
      await sheet.getByText(text).waitFor()
    expect(await sheet.locator('kbd').count()).toBe(26)
    for (const colorScheme of ['dark', 'light'] as const)
      for (const width of [360, 1440]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await findProblems(page), `${colorScheme}, ${width}`).toEqual([])
      }
    await sheet.getByLabel('Single keys do this').uncheck()
    await page.keyboard.press('Escape')
    await page.reload()
    await page.getByRole('button', { name: /^Visitors/ }).waitFor()
    await page.keyboard.press('w')
    await page.keyboard.press('?')
    await page.keyboard.press('b')
    await addressIs('/sites/shop')
    expect(await theme()).toBeUndefined()

    await page.getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).press('Enter')
    await sheet.getByLabel('Single keys do this').check()
    await page.keyboard.press('Escape')
    await page.keyboard.press('b')
    await eventually(async () => expect(await theme()).toBe('dark'))
  })
})
