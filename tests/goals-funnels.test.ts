/** Goals and funnels as the API answers them, against a count by the plainest means of the events that were sent. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { eraseSite } from '../consumers/eraser/erase-site.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { createDashboard } from '../dashboard/server.ts'
import type { ConversionsAnswer, FunnelReportAnswer, JourneysAnswer } from '../dashboard/visit-answers.ts'
import { bearer } from './support/dashboard.ts'
import { noon } from './support/events.ts'
import { askUntilMade, makeFactsFolder, optionsWithFacts } from './support/facts.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'
import { countOf, deliveries, type Happened, inPeriod, tests } from './support/wanderers.ts'

const dayMs = 24 * 3_600_000
const now = noon + 20 * dayMs
const bounds = { maxMb: 64, memoryMb: 256, timeoutMs: 20_000 }
const period = 'from=2026-03-10&to=2026-03-16'

let stores: TestStores
let files: Awaited<ReturnType<typeof makeFactsFolder>>
let environment: ConsumerEnvironment
let app: FastifyInstance
beforeAll(async () => {
  stores = await startStores()
  files = await makeFactsFolder()
  environment = await freshEnvironment('goals')
  await putTraffic(stores.settings, deliveries, 20)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  app = await createDashboard(optionsWithFacts(environment, files.folder, bounds, () => now))
}, 120_000)
afterAll(async () => {
  await app?.close()
  await files?.remove()
  await stores?.close()
})

async function get(question: string) {
  const { answer } = await askUntilMade(app, `/api/sites/demo/${question}`)
  return { status: answer.statusCode, body: answer.json() }
}
async function post(path: string, payload: object = {}) {
  const answer = await app.inject({ method: 'POST', url: `/api/sites/demo/${path}`, headers: bearer, payload })
  return { status: answer.statusCode, body: answer.json() }
}
const stepsOf = (steps: readonly string[]) => steps.map((step) => `step=${encodeURIComponent(step)}`).join('&')

describe('goals', () => {
  const ids = new Map<string, string>()
  beforeAll(async () => {
    for (const [i, step] of Object.keys(tests).entries()) {
      const worth = i === 1 ? { value: 2.5, currency: 'EUR' } : {}
      const { status, body } = await post('goals', { name: ` Goal ${i} `, step, ...worth })
      expect([status, body.name]).toEqual([201, `Goal ${i}`])
      ids.set(step, body.id)
    }
  })

  it.each([
    ['', () => true],
    ['&filter=country:DE', ({ visitor }: Happened) => germans.has(visitor)],
    ['&filter=page:/thanks', ({ visit }: Happened) => thanked.has(visit)],
    [
      '&filter=!page~docs&filter=country:DE',
      ({ visit, visitor }: Happened) => !read.has(visit) && germans.has(visitor),
    ],
  ])('are reached by the visits that did it, under the filter "%s"', async (filter, isKept) => {
    const kept = inPeriod.filter(isKept)
    const { visits, visitors, goals } = (await get(`conversions?${period}${filter}`)).body as ConversionsAnswer
    expect([visits, visitors]).toEqual([countOf(kept, 'visit'), countOf(kept, 'visitor')])
    expect(visits).toBeGreaterThan(20)
    for (const [step, test] of Object.entries(tests)) {
      const reached = kept.filter(test)
      const conversions = countOf(reached, 'visit')
      const valued = step === 'page:/pricing'
      expect(goals.find(({ id }) => id === ids.get(step))).toMatchObject({
        conversions,
        rate: conversions / visits,
        visitors: countOf(reached, 'visitor'),
        visitorRate: countOf(reached, 'visitor') / visitors,
        completions: reached.length,
        value: valued ? conversions * 2.5 : null,
        currency: valued ? 'EUR' : null,
      })
    }
  })

  /** What rows count events by; an exit is the last page that a visit looked at or did something on. */
  const keys: Record<string, (each: Happened) => string | undefined> = {
    page: ({ page }) => page,
    country: ({ visitor }) => (germans.has(visitor) ? 'DE' : 'FR'),
    target: ({ kind }) => (kind === 'click' ? 'Buy\u0000#buy' : undefined),
    event: ({ kind }) => (kind === 'custom' ? 'signup' : undefined),
    property: ({ plan }) => plan && `signup\u0000plan\u0000${plan}`,
    entry: ({ visit }) => inPeriod.find((each) => each.visit === visit)?.page,
    exit: ({ visit }) => inPeriod.findLast((each) => each.visit === visit)?.page,
  }
  it.each([
    ['', () => true],
    [
      '&filter=country:DE&filter=!page:/docs/more',
      ({ visitor, page }: Happened) => germans.has(visitor) && page !== '/docs/more',
    ],
    ['&filter=page~docs', ({ page }: Happened) => page.includes('docs')],
  ])('are told for each row of the lists, under the filter "%s"', async (filter, isCounted) => {
    const reached = new Set(inPeriod.filter(({ plan }) => plan === 'pro').map(({ visit }) => visit))
    const goal = ids.get('property:signup\u0000plan\u0000pro')
    for (const [dimension, keyOf] of Object.entries(keys)) {
      // Which visits begin and end under a filter is asked of facts themselves (fact-reports.test.ts).
      if (filter !== '' && (dimension === 'entry' || dimension === 'exit')) continue
      const { body } = await get(`breakdown/${dimension}?${period}${filter}&goal=${goal}`)
      const expected = [...Map.groupBy(inPeriod.filter(isCounted), keyOf)].flatMap(([value, list]) => {
        const visits = new Set(list.map(({ visit }) => visit))
        const [goalVisits, conversions] = [visits.size, visits.intersection(reached).size]
        return value === undefined ? [] : [{ value, goalVisits, conversions, conversionRate: conversions / goalVisits }]
      })
      expect(expected.length, dimension).toBeGreaterThan(0)
      expect(body.rows, dimension).toHaveLength(expected.length)
      expect(body.rows, dimension).toEqual(expect.arrayContaining(expected.map((row) => expect.objectContaining(row))))
    }
  })

  it('are in the file of a list, and in no list where nobody asks; a goal that is none is refused', async () => {
    const goal = ids.get('event:signup')
    const url = `/api/sites/demo/breakdown/page?${period}&limit=2&format=csv`
    const heads = await Promise.all(
      [`${url}&goal=${goal}`, url].map(
        async (each) => (await app.inject({ url: each, headers: bearer })).body.split('\r\n', 1)[0],
      ),
    )
    expect(heads[0]).toBe(`${heads[1]},goalVisits,conversions,conversionRate`)
    expect(await get(`breakdown/page?${period}&goal=nothing`)).toMatchObject({
      status: 404,
      body: { code: 'unknown_goal' },
    })
  })

  it('are told by what visits came with, and by where they began', async () => {
    const goal = ids.get('event:signup')
    const entries = new Map<number, string>()
    for (const { visit, page } of inPeriod) if (!entries.has(visit)) entries.set(visit, page)
    const keys = {
      country: ({ visitor }: Happened) => (germans.has(visitor) ? 'DE' : 'FR'),
      entry: ({ visit }: Happened) => entries.get(visit),
    }
    for (const [dimension, keyOf] of Object.entries(keys)) {
      const { body } = await get(`conversions/${dimension}?${period}&goal=${goal}`)
      const expected = [...Map.groupBy(inPeriod, keyOf)].map(([value, list]) => {
        const [visits, conversions] = [
          countOf(list, 'visit'),
          countOf(
            list.filter(({ kind }) => kind === 'custom'),
            'visit',
          ),
        ]
        return { value, visits, conversions, rate: conversions / visits, worth: null }
      })
      expect(body.total).toBe(expected.length)
      expect(body.rows).toHaveLength(expected.length)
      expect(body.rows).toEqual(expect.arrayContaining(expected))
    }
  })

  it('are changed and deleted, and of a closed site erased', async () => {
    const { body: made } = await post('goals', { name: 'Short-lived', step: 'page:/x' })
    expect(await post(`goals/${made.id}`, { name: 'Renamed', step: 'page:/y' })).toMatchObject({
      status: 200,
      body: { name: 'Renamed' },
    })
    expect((await get('goals')).body.goals).toContainEqual({ ...made, name: 'Renamed', step: 'page:/y' })
    expect((await post(`goals/${made.id}/delete`)).status).toBe(200)
    expect(await post(`goals/${made.id}/delete`)).toMatchObject({ status: 404, body: { code: 'unknown_goal' } })
    expect(await post(`goals/${made.id}`, { name: 'x', step: 'page:/y' })).toMatchObject({ status: 404 })
  })

  it.each([
    [{ name: 'x' }, 'step'],
    [{ name: 'x', step: 'colour:red' }, 'a step must be'],
    [{ name: 'x', step: 'property:signup' }, 'a step by property'],
    [{ name: 'a\nb', step: 'page:/' }, 'name must be one line'],
    [{ name: 'x', step: 'page:/', value: 3 }, 'belong together'],
    [{ name: 'x', step: 'page:/', value: -1, currency: 'EUR' }, 'value must be'],
    [{ name: 'x', step: 'page:/', value: 1, currency: 'euro' }, 'currency must'],
    [{ name: 'x', step: 'page:/', colour: 'red' }, "body must not have 'colour'"],
  ])('%j is refused', async (payload, message) => {
    expect(await post('goals', payload)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    })
  })

  const germans = new Set(deliveries.flatMap(({ country, visitor }) => (country === 'DE' && visitor ? [visitor] : [])))
  const thanked = new Set(inPeriod.flatMap(({ page, visit }) => (page === '/thanks' ? [visit] : [])))
  const read = new Set(inPeriod.flatMap(({ page, visit }) => (page.includes('docs') ? [visit] : [])))
})

describe('funnels', () => {
  /** Of every event how late a funnel that it ends at this step may have begun, by looking at all events before it. */
  function count(steps: readonly string[], within: 'visit' | number) {
    const groups = [...Map.groupBy(inPeriod, (each) => (within === 'visit' ? each.visit : each.visitor)).values()]
    const took: number[][] = steps.map(() => [])
    for (const events of groups) {
      let before = new Map<Happened, number>()
      for (const [i, step] of steps.entries()) {
        const reached = new Map<Happened, number>()
        for (const event of events.filter(tests[step] as (each: Happened) => boolean)) {
          if (i === 0) reached.set(event, event.at)
          else {
            const last = events.filter((each) => before.has(each) && each.at < event.at).at(-1)
            const begun = last && before.get(last)
            if (!last || begun === undefined || (within !== 'visit' && event.at - begun > within * dayMs)) continue
            if (reached.size === 0) took[i]?.push(event.at - last.at)
            reached.set(event, begun)
          }
          if (i === 0 && reached.size === 1) took[0]?.push(0)
        }
        before = reached
      }
    }
    return took.map((times, i) => {
      const sorted = times.toSorted((a, b) => a - b)
      const middle =
        ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2000
      return { reached: times.length, medianSeconds: i === 0 ? null : middle }
    })
  }

  it.each([
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 'visit'],
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 1],
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 4],
    [['page~DOCS', 'page~~^/docs/m', 'page~DOCS'], 'visit'],
    [['event:signup', 'property:signup\u0000plan\u0000pro'], 2],
  ] as const)('of %j within %s are what happened in this order', async (steps, within) => {
    const expected = count(steps, within)
    const { body } = (await get(`funnel?${period}&${stepsOf(steps)}&within=${within}`)) as { body: FunnelReportAnswer }
    expect(body.visits).toBe(countOf(inPeriod, 'visit'))
    expect(body.steps.map(({ reached, medianSeconds }) => ({ reached, medianSeconds }))).toEqual(expected)
    expect(expected.at(-1)?.reached).toBeGreaterThan(2)
    expect(body.steps[1]?.ofFirst).toBe((expected[1]?.reached ?? 0) / (expected[0]?.reached ?? 0))
  })

  it('within more days let more visitors through', () => {
    const reached = ([1, 2, 4] as const).map(
      (days) => count(['page:/', 'page:/pricing', 'target:Buy'], days)[2]?.reached ?? 0,
    )
    expect(reached[0]).toBeLessThan(reached[1] ?? 0)
    expect(reached[1]).toBeLessThan(reached[2] ?? 0)
  })

  it('are saved by name, changed and deleted', async () => {
    const funnel = { name: 'To buy', steps: ['page:/', 'target:Buy'], within: 'visit' }
    const { status, body } = await post('funnels', funnel)
    expect([status, body]).toEqual([201, { ...funnel, id: body.id }])
    expect((await post(`funnels/${body.id}`, { ...funnel, within: 7 })).status).toBe(200)
    expect((await get('funnels')).body).toEqual({ funnels: [{ ...funnel, id: body.id, within: 7 }] })
    expect((await post(`funnels/${body.id}/delete`)).status).toBe(200)
    expect(await post(`funnels/${body.id}`, funnel)).toMatchObject({ status: 404, body: { code: 'unknown_funnel' } })
  })

  it.each([
    ['step=page:/&within=visit', 'step'],
    [`${stepsOf(Array(9).fill('page:/'))}&within=visit`, 'step'],
    ['step=page:/&step=page:/', 'within'],
    ['step=page:/&step=page:/&within=week', 'within'],
    ['step=page:/&step=page:/&within=91', 'within'],
    ['step=page:/&step=colour:red&within=visit', 'a step must be'],
    ['step=page:/&step=page~~(&within=visit', 'filter or step cannot be used'],
    ['step=page:/&step=page:/&within=visit&colour=red', "querystring must not have 'colour'"],
    ['step=page:/&step=page:/&within=visit&filter=colour:red', 'filter must be'],
  ])('%s is refused', async (question, message) => {
    expect(await get(`funnel?${period}&${question}`)).toMatchObject({
      status: 400,
      body: { code: 'bad_parameter', message: expect.stringContaining(message) },
    })
  })

  it('steps are values: nothing in them is read as SQL', async () => {
    for (const value of [`'`, `' OR 1=1 --`, '$step0', '";']) {
      const { status, body } = await get(
        `funnel?${period}&${stepsOf([`page:${value}`, `event:${value}`])}&within=visit`,
      )
      expect([status, body.steps?.[0].reached]).toEqual([200, 0])
    }
  })
})

describe('journeys', () => {
  /** The pages of each visit, each once where it is seen again at once. */
  const paths = [...Map.groupBy(inPeriod, ({ visit }) => visit).values()].map((events) => {
    const seen = events.filter(({ kind }) => kind === 'pageview').map(({ page }) => page)
    return seen.filter((page, i) => page !== seen[i - 1])
  })
  function count(page: string | undefined): Record<string, number> {
    const moves: Record<string, number> = {}
    for (const path of paths) {
      const anchor = page === undefined ? 0 : path.indexOf(page)
      if (anchor < 0) continue
      for (let away = -3; away < 3; away += 1) {
        const [from, to] = [path[anchor + away] ?? null, path[anchor + away + 1] ?? null]
        if (from === null && to === null) continue
        const name = JSON.stringify([away, from, to])
        moves[name] = (moves[name] ?? 0) + 1
      }
    }
    return moves
  }

  it.each([undefined, '/pricing', '/thanks'])(
    'from and to %s are what visits saw one after the other',
    async (page) => {
      const { body } = await get(`journeys?${period}${page === undefined ? '' : `&page=${page}`}`)
      const { moves, visits } = body as JourneysAnswer
      const told = Object.fromEntries(
        moves.map(({ away, from, to, visits }) => [JSON.stringify([away, from, to]), visits]),
      )
      expect(told).toEqual(count(page))
      expect(moves.length).toBeGreaterThan(20)
      expect(visits).toBe(paths.filter((path) => page === undefined || path.includes(page)).length)
    },
  )

  it('of a page that nobody saw there are none, and what is no question is refused', async () => {
    expect((await get(`journeys?${period}&page=/nowhere`)).body).toEqual({ page: '/nowhere', visits: 0, moves: [] })
    expect((await get(`journeys?${period}&page=' OR 1=1`)).body.visits).toBe(0)
    expect(await get(`journeys?${period}&colour=red`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('colour') },
    })
  })
})

it('what was saved of a site is erased with it', async () => {
  expect((await get('goals')).body.goals.length).toBeGreaterThan(0)
  await post('funnels', { name: 'x', steps: ['page:/', 'page:/'], within: 1 })
  await eraseSite(environment, 'demo')
  expect((await get('goals')).body.goals).toEqual([])
  expect((await get('funnels')).body.funnels).toEqual([])
})
