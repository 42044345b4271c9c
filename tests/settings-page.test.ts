/** The settings as people see and use them: a browser, and a dashboard over real stores. */
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { fillSite } from './support/busy-site.ts'
import { aMember } from './support/people.ts'
import { address, archiveRow, button, dashboard, open, page, shows } from './support/replays-page.ts'
import { api, become, secret, section } from './support/settings-page.ts'

const password = 'nine calm otters'

describe('the administrator', () => {
  it('finds the settings of a site from its figures, and changes what it is called and takes', async () => {
    await open('/sites/shop')
    await button('Settings').click()
    await page.getByRole('link', { name: 'Sites and people' }).click()
    await shows('This site')
    const general = section('This site')
    await general.getByLabel('Name').fill('Plant shop')
    await general.getByLabel('Time zone').selectOption('Asia/Tokyo')
    await general.getByLabel('Allowed origins').fill('example.org')
    await general.getByRole('button', { name: 'Save' }).click()
    await shows('“example.org” is no origin.')
    expect(await general.getByLabel('Allowed origins').evaluate((field) => field.matches(':focus'))).toBe(true)
    await general.getByLabel('Allowed origins').fill('https://example.org\nhttps://www.example.org')
    await general.getByLabel('Kept query parameters').fill('id')
    await general.getByRole('button', { name: 'Save' }).click()
    await shows('Saved.')
    expect(await api('/api/sites/shop')).toMatchObject({
      name: 'Plant shop',
      timeZone: 'Asia/Tokyo',
      origins: ['https://example.org', 'https://www.example.org'],
      queryParams: ['id'],
    })
    await shows('<script defer src="')
  })

  it('keeps networks only after a question', async () => {
    await open('/sites/shop/settings')
    const box = page.getByLabel('Keep a hash of each visitor’s network')
    await box.click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect((await api('/api/sites/shop')).network).toBe(false)
    await box.click()
    await button('Keep networks').click()
    await box.and(page.locator(':checked')).waitFor()
    expect((await api('/api/sites/shop')).network).toBe(true)
  })

  it('remembers visitors only after a question, and forgets them without one', async () => {
    await open('/sites/shop/settings')
    const form = section('How long visitors are remembered')
    const remembered = async () => (await api('/api/sites/shop')).rememberedWeeks
    await form.getByLabel('Visitors are remembered for').selectOption('12 weeks')
    await form.getByRole('button', { name: 'Save' }).click()
    await shows('you need your visitors’ consent')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect(await remembered()).toBe(null)
    await form.getByRole('button', { name: 'Save' }).click()
    await button('Remember visitors').click()
    await form.getByText('Names last for weeks from').waitFor()
    expect(await remembered()).toBe(12)
    await form.getByLabel('Visitors are remembered for').selectOption('A day')
    await form.getByRole('button', { name: 'Save' }).click()
    await expect.poll(remembered).toBe(null)
  })

  it('adds a site, and is at its settings', async () => {
    await open('/settings')
    await page.getByLabel('Name in addresses').fill('Bad Name')
    await button('Add the site').click()
    await shows('beginning and ending with a letter or a digit')
    await page.getByLabel('Name in addresses').fill('blog')
    await button('Add the site').click()
    await shows('data-site="blog"')
    expect(new URL(page.url()).pathname).toBe('/sites/blog/settings')
  })
})

describe('an owner', () => {
  it('downloads what is archived of the site, and is told where nothing is', async () => {
    const shop = await aMember(dashboard, 'olga@example.org', { shop: 'owner' })
    await become(shop)
    await open('/sites/shop/settings')
    const archive = section('Take the data away')
    await archive.getByLabel('First day of arrival').fill('2026-11-22')
    await archive.getByLabel('Last day of arrival').fill('2026-11-21')
    await archive.getByRole('button', { name: 'Download' }).click()
    await shows('The last day is before the first.')
    await archive.getByLabel('Last day of arrival').fill('2026-11-22')
    await archive.getByRole('button', { name: 'Download' }).click()
    await shows('Nothing that arrived on these days is archived.')

    await archiveRow(Date.parse('2026-11-22T08:00:00Z'))
    const begun = page.waitForEvent('download')
    await archive.getByRole('button', { name: 'Download' }).press('Enter')
    const download = await begun
    expect(download.suggestedFilename()).toBe('shop-2026-11-22-2026-11-22.parquet')
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(await download.path()), compressors })
    expect(rows).toMatchObject([{ site: 'shop', type: 'pageview' }])
    await shows('The download has begun.')
    expect(await findProblems(page)).toEqual([])
  })

  it('alone has this: an editor does not', async () => {
    await become(await aMember(dashboard, 'edith@example.org', { shop: 'editor' }))
    await open('/sites/shop/settings')
    await shows('This site')
    expect(await section('Take the data away').count()).toBe(0)
  })
})

describe('an invitation', () => {
  it('is made, used with the keyboard alone, and shows the figures of the site and no more', async () => {
    await fillSite(dashboard, 'shop')
    await open('/sites/shop/settings')
    const people = section('People')
    await people.getByLabel('E-mail address').fill('nobody')
    await button('Invite').click()
    await shows('This is no e-mail address.')
    await people.getByLabel('E-mail address').fill('ada@example.org')
    await people.getByLabel('Role', { exact: true }).selectOption('Editor')
    await button('Invite').press('Enter')
    await shows('Send this link to ada@example.org.')
    const link = await secret()

    await become(undefined)
    await page.goto(link)
    // A busy browser gives the first field its focus a moment after the page is there.
    await page.locator('[name=email]:focus').waitFor()
    await page.keyboard.type('ada@example.org')
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/sites/shop')
    await page.getByRole('heading', { name: 'Visitors' }).waitFor()
    expect(await page.getByRole('link', { name: 'Replays' }).count()).toBe(0)
    await page.goto(link)
    await shows('This link is used up')
  })

  it('leads to a member whose role is changed, and who is removed after a question', async () => {
    await aMember(dashboard, 'ada@example.org', { shop: 'viewer' })
    await open('/sites/shop/settings')
    await page.getByLabel('Role of ada@example.org').selectOption('Owner')
    await expect.poll(async () => (await api('/api/sites/shop/members')).members[0].role).toBe('owner')
    await button('Remove ada@example.org').click()
    await shows('Remove ada@example.org?')
    await page.keyboard.press('Escape')
    expect((await api('/api/sites/shop/members')).members).toHaveLength(1)
    await button('Remove ada@example.org').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await shows('Nobody has been invited yet.')
    expect((await api('/api/sites/shop/members')).members).toEqual([])
  })
})

describe('a member', () => {
  it('signs in with address and password, and changes it', async () => {
    const { url } = await api('/api/sites/shop/invitations', { email: 'ada@example.org', role: 'viewer' })
    await become(undefined)
    await page.goto(`${address}${new URL(url).pathname}`)
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill(password)
    await button('Join').click()
    await page.waitForURL('**/sites/shop')
    await become(undefined)
    await open('/')
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill('wrong password')
    await button('Sign in').click()
    await shows('That did not match.')
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill(password)
    await button('Sign in').click()
    await page.waitForURL('**/sites/shop')
    await open('/settings')
    await page.getByLabel('Current password').fill(password)
    await page.getByLabel('New password').fill('short')
    await button('Change it').click()
    await shows('The password needs at least 12 characters.')
    await page.getByLabel('New password').fill('ten calm otters')
    await button('Change it').click()
    await shows('Changed. Your other sessions have ended.')
    expect(await section('People').count()).toBe(0)
    await page.reload()
    await shows('Your password')
  })

  it('who has forgotten their password is sent a link, and chooses another', async () => {
    await aMember(dashboard, 'ada@example.org', { shop: 'viewer' })
    await open('/sites/shop/settings')
    await button('New password for ada@example.org').press('Enter')
    await shows('Send this link to ada@example.org.')
    expect(await page.locator('.told-once').evaluate((box) => box.matches(':focus'))).toBe(true)
    const link = await secret()

    await become(undefined)
    await page.goto(link)
    await page.getByLabel('E-mail address').fill('eve@example.org')
    await page.getByLabel('Password').fill(password)
    await button('Keep and sign in').click()
    await shows('This address is not the one that the link was made for.')
    await page.getByLabel('E-mail address').fill('ada@example.org')
    await page.getByLabel('Password').fill(password)
    await button('Keep and sign in').click()
    await page.waitForURL('**/sites/shop')
    await page.goto(link)
    await shows('This link is used up')
  })

  it('who has remembered it needs the link no more: it is listed, and taken back', async () => {
    await aMember(dashboard, 'ada@example.org', { shop: 'viewer' })
    await open('/sites/shop/settings')
    await button('New password for ada@example.org').click()
    const link = await secret()
    await shows(/^May choose a new password, until 24 Nov 2026/)
    await page.reload()
    await button('Take back the link to a new password for ada@example.org').press('Enter')
    await page.getByText('May choose a new password').waitFor({ state: 'detached' })
    await become(undefined)
    await page.goto(link)
    await shows('This link is used up')
  })

  it('whose sites are not all of whoever asks gets no link from them', async () => {
    await dashboard.createSite('blog')
    await aMember(dashboard, 'ada@example.org', { shop: 'viewer', blog: 'viewer' })
    await become(await aMember(dashboard, 'owner@example.org', { shop: 'owner' }))
    await open('/sites/shop/settings')
    await button('New password for ada@example.org').click()
    await shows('They are at a site too that is not yours: ask the administrator.')
    expect(await button('New password for owner@example.org').count()).toBe(0)
  })

  it('without a site is told what to do', async () => {
    await become(await aMember(dashboard, 'lost@example.org', {}))
    await open('/')
    await shows('You have no role at any site')
  })
})

it.each([
  [360, 'light'],
  [360, 'dark'],
  [768, 'dark'],
  [1440, 'light'],
  [1440, 'dark'],
] as const)('everything has a name, can be read and fits at %i px, %s', async (width, theme) => {
  await aMember(dashboard, 'a.very.long.address.of.somebody@subdomain.example.org', { shop: 'editor' })
  const invitation = await api('/api/sites/shop/invitations', { email: 'invited@example.org', role: 'viewer' })
  const reset = await api('/api/sites/shop/members/reset', {
    email: 'a.very.long.address.of.somebody@subdomain.example.org',
  })
  await api('/api/sites/shop/tokens', { name: 'Monthly report', role: 'viewer' })
  await api('/api/sites/shop/links', { name: 'For the board' })
  const link = await api('/api/sites/shop/links', { name: 'For the press', password: 'nine calm otters' })
  await page.setViewportSize({ width, height: 900 })
  await page.emulateMedia({ colorScheme: theme })
  await open('/sites/shop/settings')
  await shows('Monthly report')
  await shows('invited@example.org')
  await shows('For the board')
  await button('Invite').click()
  await shows('This is no e-mail address.')
  expect(await findProblems(page)).toEqual([])
  await become(undefined)
  const forms = [invitation, reset, link].map(({ url }) => new URL(url).pathname)
  for (const path of ['/sign-in', '/share/none', '/invitations/none', ...forms]) {
    await open(path)
    await page.locator('h1').waitFor()
    if (path === '/sign-in') await page.locator('summary').click()
    expect(await findProblems(page), path).toEqual([])
  }
})
