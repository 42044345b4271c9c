/** What of a site's traffic counts in no figure, as its owners say it: a browser and a dashboard over real stores. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { createRuleStore } from '../consumers/aggregator/rules/rule-store.ts'
import { compileRules, type Rules } from '../consumers/aggregator/rules/rules.ts'
import { createExclusionStore, type ExclusionStore } from '../consumers/aggregator/shapes/exclusions.ts'
import { createObjects } from '../consumers/runtime/objects.ts'
import { createS3Client } from '../dashboard/store/store.ts'
import { findProblems } from './support/accessibility.ts'
import { now } from './support/dashboard.ts'
import { aMember } from './support/people.ts'
import { address, dashboard, open, page, shows, signedInPage } from './support/replays-page.ts'

const none = { tags: [], networks: [], hosts: [], programs: [] }
let store: ExclusionStore
/** The rules that hold last, as a consumer reads them. */
async function rules(): Promise<Rules> {
  const { cuts } = await cutStore().load()
  const version = cuts.at(-1)?.rules
  if (version === undefined) throw new Error('no cut names rules')
  return createRuleStore(createObjects(createS3Client(), 'retrace')).get(version)
}
const cutStore = () => createCutStore(dashboard.client, 'retrace-control')

beforeEach(() => {
  const place = { dynamo: dashboard.client, tablePrefix: 'retrace-', s3: createS3Client(), bucket: 'retrace' }
  store = createExclusionStore(place)
})

describe('the page', () => {
  it('makes rules that hold from some seconds on, and says that the past stays as it is', async () => {
    await open('/sites/shop/settings')
    const form = page.getByRole('region', { name: 'What does not count' })
    await form.getByLabel('Hosts').fill('Staging')
    await form.getByRole('button', { name: 'Save' }).click()
    await shows('“Staging” is no host')
    expect(await form.getByLabel('Hosts').evaluate((field) => field.matches(':focus'))).toBe(true)
    await form.getByLabel('Tags').fill('office\nthe shop floor')
    await form.getByLabel('Hosts').fill('staging.example.org')
    await form.getByLabel('Programs').fill('AcmeMonitor')
    await form.getByRole('button', { name: 'Save' }).press('Enter')
    await shows(/It holds for what arrives from .*10:20:50/)
    expect(await cutStore().load()).toMatchObject({ cuts: [{ at: now + 20_000 }] })

    const ofShop = (await rules()).of('shop')
    expect(ofShop.internalBy({ tag: 'the shop floor' })).toBe('tag')
    expect(ofShop.placeOf('https://staging.example.org/').isInternal).toBe(true)
    expect(ofShop.browserOf('Mozilla/5.0 AcmeMonitor/2').bot).toBe(true)
    expect((await rules()).of('other').internalBy({ tag: 'office' })).toBeUndefined()
    await page.reload()
    await expect.poll(() => form.getByLabel('Tags').inputValue()).toBe('office\nthe shop floor')
    expect(await form.getByRole('link', { name: 'Count days again' }).getAttribute('href')).toBe('/replays')
  })

  it('keeps what somebody types as soon as the fields are there', async () => {
    const quick = await signedInPage()
    await quick.addInitScript(() => {
      const typeAtOnce = (_changes: unknown, observer: MutationObserver) => {
        const field = document.querySelector<HTMLTextAreaElement>('textarea[id$="-hosts"]')
        if (!field) return
        observer.disconnect()
        field.value = 'staging.example.org'
        field.dispatchEvent(new Event('input', { bubbles: true }))
        setTimeout(() => document.body.setAttribute('data-typed', field.value), 500)
      }
      new MutationObserver(typeAtOnce).observe(document, { childList: true, subtree: true })
    })
    await quick.goto(`${address}/sites/shop/settings`)
    await expect.poll(() => quick.getAttribute('body', 'data-typed')).toBe('staging.example.org')
    await quick.close()
  })

  it.each([360, 1440])('has room at %i pixels, in German too', async (width) => {
    const narrow = await signedInPage({ viewport: { width, height: 900 }, locale: 'de-DE', reducedMotion: 'reduce' })
    await narrow.goto(`${address}/sites/shop/settings`)
    const form = narrow.getByRole('region', { name: 'Was nicht zählt' })
    await form.getByLabel('Netze').fill('10.0.0.0/8')
    await form.getByRole('button', { name: 'Speichern' }).click()
    await narrow.getByText('ist kein Netz').waitFor()
    expect(await findProblems(narrow)).toEqual([])
    await narrow.close()
  })
})

describe('exclusions', () => {
  it('leave alone what else the rules say, of this site and of others', async () => {
    const compiled = compileRules({
      all: { visitTimeoutMinutes: 45 },
      sites: {
        shop: { internal: { visitors: ['a1b2c3d4e5f60718'], tags: ['old'] }, pages: [{ match: '/a', rename: '/b' }] },
        other: { bots: ['OtherBot'] },
      },
    })
    if (!compiled.ok) throw new Error(compiled.problems.join())
    await createRuleStore(createObjects(createS3Client(), 'retrace')).put(compiled.rules)
    await cutStore().make({ at: now + 15_000, rules: compiled.rules.version }, now)
    expect(await store.find('shop')).toEqual({ exclusions: { ...none, tags: ['old'] }, since: now + 15_000 })

    await store.use('shop', { ...none, networks: ['0a1b'] }, now)
    const { document } = await rules()
    expect(document.all.visitTimeoutMinutes).toBe(45)
    expect(document.sites).toMatchObject({
      shop: {
        internal: { visitors: ['a1b2c3d4e5f60718'], tags: [], networks: ['0a1b'] },
        pages: [{ match: '/a', rename: '/b' }],
      },
      other: { bots: ['OtherBot'] },
    })
  })

  it('of two sites at once are both in the rules that hold', async () => {
    const of = (site: string) => ({ ...none, tags: [site] })
    await Promise.all(['shop', 'blog', 'docs'].map((site) => store.use(site, of(site), now)))
    for (const site of ['shop', 'blog', 'docs']) expect((await store.find(site)).exclusions).toEqual(of(site))
  })

  it('make no cut when nothing changes, and none when they are wrong', async () => {
    expect(await store.use('shop', none, now)).toEqual({ outcome: 'unchanged' })
    const wrong = await store.use('shop', { ...none, programs: ['*'] }, now)
    expect(wrong).toEqual({ outcome: 'bad', problems: [expect.stringContaining('sites.shop.bots')] })
    expect((await cutStore().load()).cuts).toEqual([])
  })

  it('are for owners', async () => {
    const cookie = await aMember(dashboard, 'edith@example.org', { shop: 'editor' })
    expect((await dashboard.get('/api/sites/shop/exclusions', { cookie })).status).toBe(403)
  })
})
