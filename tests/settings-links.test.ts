/** Tokens and shared links, as people make them, use them and take them back. */
import { expect, it } from 'vitest'
import { fillSite } from './support/busy-site.ts'
import { address, button, dashboard, open, page, shows } from './support/replays-page.ts'
import { become, secret, section } from './support/settings-page.ts'

it('a token is told once, and revoked after a question', async () => {
  await open('/sites/shop/settings')
  const tokens = section('Tokens')
  await tokens.getByRole('button', { name: 'Make a token' }).click()
  await shows('A token needs a name')
  await tokens.getByLabel('Name').fill('Report')
  await tokens.getByRole('button', { name: 'Make a token' }).click()
  await shows('The token “Report”. Copy it now')
  const token = await secret()
  const ask = () => fetch(`${address}/api/sites/shop`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(200)
  await page.reload()
  await shows('last used')
  expect(await page.locator('.told-once').count()).toBe(0)
  await button('Revoke the token Report').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await button('Revoke the token Report').waitFor({ state: 'detached' })
  expect((await ask()).status).toBe(401)
})

it('a shared link opens the overview for who gives its password, without settings', async () => {
  await fillSite(dashboard, 'shop')
  await open('/sites/shop/settings')
  const links = section('Shared links')
  await links.getByLabel('Name').fill('The board')
  await links.getByLabel('Password').fill('seven grey herons')
  await links.getByLabel('Last day').fill('2026-12-24')
  await button('Make a link').click()
  await shows('The link “The board”.')
  const link = await secret()
  await shows('with a password, until 24 Dec 2026')

  await become(undefined)
  await page.goto(link)
  await page.getByLabel('Password').fill('no idea at all')
  await button('Show the figures').click()
  await shows('That is not its password.')
  await page.getByLabel('Password').fill('seven grey herons')
  await button('Show the figures').click()
  await page.waitForURL('**/sites/shop')
  await page.getByRole('heading', { name: 'Visitors' }).waitFor()
  await button('Settings').click()
  expect(await page.getByRole('link', { name: 'Sites and people' }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Pipeline' }).count()).toBe(0)
  for (const path of ['/sites/shop/settings', '/pipeline', '/replays']) {
    await open(path)
    await page.getByRole('heading', { name: 'Visitors' }).waitFor()
  }
})
