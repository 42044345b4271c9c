/** Weekly retention as the API answers it, against a count by the plainest means of who came when. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { CohortsAnswer } from '../dashboard/cohort-answers.ts'
import { createDashboard } from '../dashboard/server.ts'
import { createDynamoClient } from '../ingest/dynamodb.ts'
import { createSalts } from '../ingest/salts.ts'
import { createSiteRegistry } from '../ingest/sites.ts'
import { bearer } from './support/dashboard.ts'
import { makeFactsFolder, optionsWithFacts } from './support/facts.ts'
import { type Came, comeBack } from './support/returning.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
const weekMs = 7 * dayMs
const utc = (text: string) => Date.parse(`${text}T00:00Z`)
/** It is told on a Tuesday that visitors are to be remembered, for four weeks. */
const toldAt = Date.parse('2026-03-10T15:00Z')
const since = utc('2026-03-11')
const [monday, secondWindow, end] = [utc('2026-03-09'), utc('2026-04-06'), utc('2026-04-30')]
const bounds = { maxMb: 64, memoryMb: 256, timeoutMs: 20_000 }
/** Mondays, Wednesdays and Sundays, from before it began until within the second window. */
const days = Array.from({ length: 55 }, (_, i) => utc('2026-03-05') + i * dayMs).filter((day) =>
  [0, 1, 3].includes(new Date(day).getUTCDay()),
)

let now = toldAt
let stores: TestStores
let files: Awaited<ReturnType<typeof makeFactsFolder>>
let app: FastifyInstance
let came: Came[]
beforeAll(async () => {
  stores = await startStores()
  files = await makeFactsFolder()
  const environment = await freshEnvironment('cohorts')
  app = await createDashboard(optionsWithFacts(environment, files.folder, bounds, () => now))
  expect((await post('visitors', { rememberedWeeks: 4 })).rememberedFrom).toBe('2026-03-11T00:00:00.000Z')
  const client = createDynamoClient()
  const site = await createSiteRegistry(client, environment.table('sites')).find('demo')
  if (!site) throw new Error('there is no site')
  const past = await comeBack(createSalts(client, environment.table('salts')), site, { people: 40, days, seed: 5 })
  came = past.came
  await putTraffic(stores.settings, past.deliveries, 20)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  now = end
}, 120_000)
afterAll(async () => {
  await app?.close()
  await files?.remove()
  await stores?.close()
})

async function post(path: string, payload: object) {
  return (await app.inject({ method: 'POST', url: `/api/sites/demo/${path}`, headers: bearer, payload })).json()
}
async function get(question: string, site = 'demo') {
  for (;;) {
    const answer = await app.inject({ url: `/api/sites/${site}/${question}`, headers: bearer })
    if (answer.statusCode !== 202)
      return {
        status: answer.statusCode,
        body: answer.headers['content-type']?.includes('csv') ? answer.body : answer.json(),
      }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const weekOf = (at: number) => monday + Math.floor((at - monday) / weekMs) * weekMs

/** Who was there in which weeks, person by person and window by window. */
function countByHand(from: string, isChosen: (first: Came, visit: readonly Came[]) => boolean = () => true) {
  const cells = new Map<string, number>()
  for (const window of [since, secondWindow])
    for (const person of new Set(came.map((each) => each.person))) {
      const theirs = came.filter(
        (each) => each.person === person && each.at >= window && (window === secondWindow || each.at < secondWindow),
      )
      const [first] = theirs
      if (!first || weekOf(first.at) < weekOf(utc(from))) continue
      if (
        !isChosen(
          first,
          came.filter(({ visit }) => visit === first.visit),
        )
      )
        continue
      for (const week of new Set(theirs.map(({ at }) => weekOf(at)))) {
        const cell = `${dayOf(weekOf(first.at))} ${(week - weekOf(first.at)) / weekMs}`
        cells.set(cell, (cells.get(cell) ?? 0) + 1)
      }
    }
  return Object.fromEntries([...cells].sort())
}
function cellsOf({ cohorts }: CohortsAnswer) {
  const cells = cohorts.flatMap(({ week, visitors, later }) =>
    [{ visitors }, ...later].map((each, i) => [`${week} ${i}`, each.visitors] as const),
  )
  return Object.fromEntries(cells.filter(([, visitors]) => visitors > 0).sort())
}

describe('cohorts', () => {
  it('are those who were first seen in a week, and who came back, as long as names last', async () => {
    const { body } = await get('cohorts?from=2026-03-01&to=2026-05-31')
    expect(cellsOf(body)).toEqual(countByHand('2026-03-01'))
    expect(Object.values(cellsOf(body)).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100)
    const answer = body as CohortsAnswer
    expect([answer.rememberedWeeks, answer.rememberedFrom]).toEqual([4, '2026-03-11T00:00:00.000Z'])
    expect(answer.runningWeek).toBe('2026-04-27')
    expect(answer.cohorts.map(({ week, isFirstOfWindow, later }) => [week, isFirstOfWindow, later.length])).toEqual([
      ['2026-03-09', true, 3],
      ['2026-03-16', false, 2],
      ['2026-03-23', false, 1],
      ['2026-03-30', false, 0],
      ['2026-04-06', true, 3],
      ['2026-04-13', false, 2],
      ['2026-04-20', false, 1],
      ['2026-04-27', false, 0],
    ])
    const [first] = answer.cohorts
    expect(first?.later[0]?.rate).toBe((first?.later[0]?.visitors ?? 0) / (first?.visitors ?? 0))
  })

  it('of a period that begins within a window leave out who had come before', async () => {
    const { body } = await get('cohorts?from=2026-04-15&to=2026-04-26')
    const byHand = Object.entries(countByHand('2026-04-13'))
    expect(cellsOf(body)).toEqual(
      Object.fromEntries(byHand.filter(([cell]) => !['2026-04-13 2', '2026-04-20 1', '2026-04-27 0'].includes(cell))),
    )
    expect(body.runningWeek).toBe(null)
  })

  it.each<[string, (first: Came, visit: readonly Came[]) => boolean]>([
    ['filter=source:news', ({ source }) => source === 'news'],
    ['filter=country:DE&filter=!source:news', ({ source, country }) => country === 'DE' && source !== 'news'],
    ['filter=page:/pricing', (_, visit) => visit.some(({ page }) => page === '/pricing')],
    ['filter=!page~~pri', (_, visit) => !visit.some(({ page }) => page === '/pricing')],
  ])('under %s are those whose first visit was such, and come back in whatever way', async (filter, isChosen) => {
    const { body } = await get(`cohorts?from=2026-03-11&to=2026-04-30&${filter}`)
    expect(cellsOf(body)).toEqual(countByHand('2026-03-11', isChosen))
    expect(cellsOf(body)).not.toEqual(countByHand('2026-03-11'))
  })

  it('go by a saved segment', async () => {
    const { id } = await post('segments', { name: 'News', filters: ['source:news'] })
    const { body } = await get(`cohorts?from=2026-03-11&to=2026-04-30&segment=${id}`)
    expect(cellsOf(body)).toEqual(countByHand('2026-03-11', ({ source }) => source === 'news'))
  })

  it('come as CSV', async () => {
    const { body } = await get('cohorts?from=2026-03-01&to=2026-05-31&format=csv')
    const [head, ...rows] = String(body).trim().split('\r\n')
    expect(head).toBe('week,weeksLater,visitors,rate')
    const cells = rows
      .map((row) => row.split(','))
      .map(([week, later, visitors]) => [`${week} ${later}`, Number(visitors)])
    expect(Object.fromEntries(cells.filter(([, visitors]) => Number(visitors) > 0).sort())).toEqual(
      countByHand('2026-03-01'),
    )
  })

  it('are none before the site remembered, nor of one that does not', async () => {
    expect((await get('cohorts?from=2026-03-01&to=2026-03-10')).body).toMatchObject({ rememberedWeeks: 4, cohorts: [] })
    await app.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload: { site: 'other', name: 'Other' } })
    expect((await get('cohorts?from=2026-03-01&to=2026-05-31', 'other')).body).toEqual({
      ...{ rememberedWeeks: null, rememberedFrom: null, runningWeek: null, cohorts: [] },
    })
  })

  it('refuse what they do not know, and a filter that is none', async () => {
    expect(await get('cohorts?colour=red')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('colour') },
    })
    expect((await get('cohorts?filter=nothing')).status).toBe(400)
    expect((await get('cohorts', 'nowhere')).status).toBe(404)
  })
})

describe('figures of cells', () => {
  const peopleIn = (from: number, to: number) => came.filter(({ at }) => at >= from && at < to)
  const different = (list: readonly Came[], by: 'person' | 'visit') => new Set(list.map((each) => each[by])).size

  it('of a day are what they are without being remembered', async () => {
    for (const day of ['2026-03-09', '2026-03-11', '2026-03-16', '2026-04-06']) {
      const there = peopleIn(utc(day), utc(day) + dayMs)
      const begun = new Set(peopleIn(0, utc(day)).map(({ visit }) => visit))
      const { body } = await get(`summary?from=${day}&to=${day}`)
      const visits = different(
        there.filter(({ visit }) => !begun.has(visit)),
        'visit',
      )
      expect([day, body.visitors, body.visits, body.pageviews]).toEqual([
        day,
        different(there, 'person'),
        visits,
        there.length,
      ])
    }
  })

  it('of several days tell people apart as long as names last', async () => {
    const { body } = await get('summary?from=2026-03-11&to=2026-04-05')
    expect(body.visitors).toBe(different(peopleIn(since, secondWindow), 'person'))
    const across = (await get('summary?from=2026-03-30&to=2026-04-12')).body
    const [before, after] = [peopleIn(utc('2026-03-30'), secondWindow), peopleIn(secondWindow, utc('2026-04-13'))]
    expect(across.visitors).toBe(different(before, 'person') + different(after, 'person'))
  })
})
