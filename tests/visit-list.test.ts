/** Single visits as the API tells them and as somebody looks at them, of traffic that went through consumers. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VisitRow, VisitStepsAnswer, VisitsAnswer } from '../dashboard/visit-list-answers.ts'
import { findProblems } from './support/accessibility.ts'
import { bearer } from './support/dashboard.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { askUntilMade } from './support/facts.ts'
import { address, app, overTraffic, signedInPage } from './support/traffic-page.ts'

const day = 'from=2026-03-10&to=2026-03-10'

/** Seventy visits, a minute and a half apart: a page, a click, every second another page and an event; and one at another site. */
const count = 70
const startOf = (i: number) => noon + i * 90_000
const deliveries = Array.from({ length: count }, (_, i) => {
  const at = startOf(i)
  const load = (1000 + i).toString(16).padStart(16, '0')
  const url = 'https://shop.example/pricing?utm_source=news'
  const events = [
    anEvent({ load, n: 0, at, url }),
    aClick({ load, n: 1, at: at + 20_000, url, target: { selector: '#buy', text: `Buy ${i}` } }),
    ...(i % 2
      ? []
      : [
          anEvent({ load, n: 2, at: at + 40_000, url: 'https://shop.example/thanks' }),
          anEvent({
            ...{ load, n: 3, at: at + 41_500, url: 'https://shop.example/thanks' },
            ...{ type: 'custom', name: 'signup', props: { plan: 'pro' } },
          }),
          anEvent({
            ...{ load, n: 4, at: at + 45_000, url: 'https://shop.example/thanks', type: 'engagement', engagedMs: 3000 },
          }),
        ]),
  ]
  const visitor = `a${1000 + i}`.padEnd(16, '0')
  return aDelivery({ received: at + 50_000, sentAt: at + 50_000, visitor, country: i % 2 ? 'FR' : 'DE', events })
})
const foreign = aDelivery({
  ...{ site: 'other', received: noon + 7000, sentAt: noon + 7000, visitor: 'f'.repeat(16) },
  events: [anEvent({ load: 'f'.repeat(16), n: 0, at: noon + 7000, url: 'https://other.example/secret' })],
})

overTraffic('visits', [...deliveries, foreign])
beforeAll(async () => {
  const payload = { site: 'other', name: 'Other', timeZone: 'UTC' }
  await app.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
})

async function get<T>(path: string): Promise<{ status: number; body: T; text: string }> {
  const { answer } = await askUntilMade(app, `/api/sites/${path}`)
  const isJson = answer.headers['content-type']?.toString().startsWith('application/json')
  return { status: answer.statusCode, body: (isJson ? answer.json() : undefined) as T, text: answer.body }
}
const list = async (query: string) => (await get<VisitsAnswer>(`demo/visits?${day}&${query}`)).body

/** What the test sent, as it should come back. */
const expected = (i: number): Omit<VisitRow, 'id' | 'device' | 'browser' | 'os' | 'channel'> => ({
  at: new Date(startOf(i)).toISOString(),
  seconds: i % 2 ? 20 : 45,
  engagedSeconds: i % 2 ? 0 : 3,
  pageviews: i % 2 ? 1 : 2,
  ...{ clicks: 1, events: i % 2 ? 0 : 1, errors: 0 },
  ...{ entry: '/pricing', exit: i % 2 ? '/pricing' : '/thanks' },
  ...{ country: i % 2 ? 'FR' : 'DE', source: 'news', campaign: null },
})

describe('visits', () => {
  it('are told one by one, latest first, each once, page by page', async () => {
    const found: VisitRow[] = []
    let next: string | null = null
    do {
      const answer: VisitsAnswer = await list(`limit=30${next === null ? '' : `&before=${next}`}`)
      found.push(...answer.visits)
      next = answer.next
    } while (next !== null)
    expect(found).toHaveLength(count)
    for (const [place, visit] of found.entries()) expect(visit).toMatchObject(expected(count - 1 - place))
    expect(new Set(found.map(({ id }) => id)).size).toBe(count)
  })

  it.each([
    ['filter=country:DE', (i: number) => i % 2 === 0],
    ['filter=page:/thanks', (i: number) => i % 2 === 0],
    ['filter=!event:signup', (i: number) => i % 2 === 1],
    ['filter=target~Buy%206', (i: number) => i === 6 || i >= 60],
  ])('are found by %s', async (filter, isFound) => {
    const { visits } = await list(`limit=500&${filter}`)
    const sent = Array.from({ length: count }, (_, i) => count - 1 - i).filter(isFound)
    expect(visits.map(({ at }) => at)).toEqual(sent.map((i) => expected(i).at))
  })

  it('say what happened in their order, whatever they were found by', async () => {
    const { visits } = await list('limit=500&filter=page:/thanks')
    const { id } = visits.at(-1) as VisitRow
    const { body } = await get<VisitStepsAnswer>(`demo/visits/${id}?${day}&filter=page:/thanks`)
    const at = (ms: number) => new Date(noon + ms).toISOString()
    expect(body).toMatchObject({ id, isCut: false })
    expect(body.steps).toEqual([
      { at: at(0), what: 'pageview', page: '/pricing', value: null, properties: [], engagedSeconds: 0, count: 1 },
      {
        ...{ at: at(20_000), what: 'click', page: '/pricing', value: 'Buy 0\u0000#buy' },
        ...{ properties: [], engagedSeconds: 0, count: 1 },
      },
      { at: at(40_000), what: 'pageview', page: '/thanks', value: null, properties: [], engagedSeconds: 0, count: 1 },
      {
        ...{ at: at(41_500), what: 'custom', page: '/thanks', value: 'signup' },
        ...{ properties: [{ key: 'plan', value: 'pro' }], engagedSeconds: 0, count: 1 },
      },
      { at: at(45_000), what: 'engagement', page: '/thanks', value: null, properties: [], engagedSeconds: 3, count: 1 },
    ])
  })

  it('of another site are nowhere, by list or by id', async () => {
    const { visits } = (await get<VisitsAnswer>(`other/visits?${day}`)).body
    expect(visits.map(({ entry }) => entry)).toEqual(['/secret'])
    expect(JSON.stringify(await list('limit=500'))).not.toContain('secret')
    const { status, body } = await get<{ code: string }>(`demo/visits/${visits[0]?.id}?${day}`)
    expect([status, body.code]).toEqual([404, 'unknown_visit'])
  })

  it('come as CSV', async () => {
    const { text } = await get(`demo/visits?${day}&limit=2&format=csv`)
    const [head = '', first = '', ...rest] = text.trim().split('\r\n')
    expect(head.split(',').slice(0, 5)).toEqual(['id', 'at', 'seconds', 'engagedSeconds', 'pageviews'])
    expect(first).toContain(`${expected(count - 1).at},20,0,1,1,0,0,/pricing,/pricing,FR`)
    expect(rest).toHaveLength(1)
  })

  it.each(['before=x', 'before=-1', 'before=99999999999999999999', 'limit=0', 'limit=501', 'colour=red'])(
    'with %s are refused',
    async (query) => {
      const { status, body } = await get<{ code: string }>(`demo/visits?${day}&${query}`)
      expect([status, body.code]).toEqual([400, 'bad_parameter'])
    },
  )
})

describe.each([
  [1440, 'light'],
  [360, 'dark'],
] as const)('the page of visits, %d pixels wide, %s', (width, colorScheme) => {
  let page: Page
  beforeAll(async () => {
    page = await signedInPage({ viewport: { width, height: 900 }, colorScheme })
    await page.goto(`${address}/sites/demo/explore/visits?period=custom&from=2026-03-10&to=2026-03-10`)
    await page.locator('.visits-list > li').first().waitFor()
  }, 60_000)
  afterAll(() => page.close())

  it('lists them, opens one, goes to earlier ones and back, by keyboard as well', async () => {
    const rows = page.locator('.visits-list > li')
    expect(await rows.count()).toBe(50)
    expect(await rows.first().textContent()).toContain('/pricing')
    await rows.nth(1).locator('a').focus()
    await page.keyboard.press('Enter')
    const steps = page.getByRole('list', { name: 'What happened' })
    await steps.waitFor()
    expect(await steps.locator('li').allInnerTexts()).toEqual([
      expect.stringContaining('/pricing'),
      expect.stringMatching(/\+20s[\s\S]*Buy 68/),
      expect.stringContaining('/thanks'),
      expect.stringMatching(/\+1\.5s[\s\S]*signup[\s\S]*plan: pro/),
      expect.stringMatching(/\+3\.5s[\s\S]*3\.0s in use/),
    ])
    expect(await findProblems(page)).toEqual([])
    await page.goBack()
    await steps.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Earlier visits' }).click()
    await eventually(async () => (await rows.count()) === 20)
    await page.getByRole('button', { name: 'Back to the latest' }).click()
    await eventually(async () => (await rows.count()) === 50)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
})
