/** What a site can ask for and keep out with attributes of the script element. */
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()
const paths = () => world.taken('pageview').map(({ url }) => new URL(url).pathname)

/** Does what usually sends something, and waits for what would have come. */
async function expectSilence(page = world.page): Promise<void> {
  await page.click('button')
  await page.evaluate("retrace('asked'); history.pushState(null, '', '/other')")
  // A second page that may speak: what the first one had to say would have been there before.
  const witness = await world.newTab(world.browser)
  world.serve({})
  await witness.goto(`${world.capture.origin}/witness`)
  await witness.evaluate("retrace('witness')")
  await eventually(() => world.custom('witness')[0])
  expect(world.sent().filter(({ url }) => !url.endsWith('/witness'))).toEqual([])
}
const body = '<button>Buy</button>'

describe('automation', () => {
  it('is not reported unless data-automation asks for it', async () => {
    await world.visit({ body, automation: false })
    await expectSilence()
  })
})

describe('data-respect-dnt', () => {
  it.each([
    ['Global Privacy Control', 'globalPrivacyControl', 'true'],
    ['Do Not Track', 'doNotTrack', "'1'"],
  ])('is silent for visitors with %s', async (_name, property, value) => {
    await world.page.addInitScript({
      content: `Object.defineProperty(navigator, '${property}', { value: ${value}, configurable: true })`,
    })
    await world.visit({ body, attributes: 'data-respect-dnt' })
    await expectSilence()
  })

  it('speaks for those who say nothing, or that they may be tracked', async () => {
    await world.page.addInitScript({
      content: "Object.defineProperty(navigator, 'doNotTrack', { value: '0', configurable: true })",
    })
    await world.open({ body, attributes: 'data-respect-dnt' })
    await world.page.click('button')
    await eventually(() => world.taken('click')[0])
  })

  it('is asked for: without it the endpoint decides', async () => {
    await world.page.addInitScript({
      content: "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })",
    })
    await world.open({ body })
  })
})

describe('data-exclude', () => {
  /** Web vitals are of the page load, and a click is dead a second later, whatever is shown then. */
  const attributes = 'data-exclude="/admin/**, /*/preview,/exact" data-vitals="none" data-rage="none"'

  it.each(['/admin/', '/admin/users', '/admin/users/7/edit', '/ferns/preview', '/exact'])(
    'keeps %s out',
    async (path) => {
      await world.visit({ body, attributes, path })
      await world.page.click('button')
      await world.page.evaluate("retrace('asked')")
      // Going on to a page that is reported brings what was waiting.
      await world.page.evaluate("history.pushState(null, '', '/public')")
      await eventually(() => expect(paths()).toEqual(['/public']))
      await world.settled()
      expect(world.sent().map(({ type, name }) => name ?? type)).toEqual(['pageview', 'settled'])
    },
  )

  it.each(['/', '/administration', '/ferns/preview/more', '/exactly', '/ferns/old/preview'])(
    'lets %s through',
    async (path) => {
      await world.open({ body, attributes, path })
      expect(paths()).toEqual([path])
    },
  )

  it('says nothing either of where an excluded page was', async () => {
    await world.open({ body, attributes, path: '/public' })
    await world.page.evaluate("history.pushState(null, '', '/admin/users'); retrace('inside')")
    await world.page.click('button')
    await world.page.evaluate("history.pushState(null, '', '/public/again')")
    await eventually(() => expect(paths()).toEqual(['/public', '/public/again']))
    await world.settled()
    expect(JSON.stringify(world.sent())).not.toContain('admin')
    expect(world.custom('inside')).toEqual([])
  })
})

describe('data-tag', () => {
  it('goes with each request, after the time and before the events', async () => {
    await world.open({ attributes: 'data-tag="office \u201cN\u201d"' })
    const [request] = world.capture.requests
    const text = request?.body.toString() ?? ''
    expect(JSON.parse(text).tag).toBe('office \u201cN\u201d')
    expect(Object.keys(JSON.parse(text))).toEqual(['site', 'sentAt', 'tag', 'events'])
  })

  it('is absent when there is none', async () => {
    await world.open()
    expect(Object.keys(JSON.parse(world.capture.requests[0]?.body.toString() ?? ''))).toEqual([
      'site',
      'sentAt',
      'events',
    ])
  })
})

it('leaves cookies and storage alone unless data-storage asks for it', async () => {
  world.capture.judge = () => ({ status: 503 })
  await world.visit({ body })
  await world.page.click('button')
  await eventually(() => world.capture.requests[0])
  expect(await world.page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([0, 0, ''])
})
