/**
 * What the API answers under several conditions: as an independent count of the archive has it, and where the aggregates
 * can answer as well, the same to the last digit.
 */
import { hash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { type Dimension, dimensions } from '../consumers/aggregator/shapes/dimensions.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { createFactReports, type FactReports } from '../dashboard/fact-reports.ts'
import { type Period, parsePeriod } from '../dashboard/query/period.ts'
import type { View } from '../dashboard/query/view.ts'
import { createReports, type Reports } from '../dashboard/reports.ts'
import { createDashboard } from '../dashboard/server.ts'
import type { Store } from '../dashboard/store/store.ts'
import { type ArchiveTable, openArchiveTable } from '../local/archive-table.ts'
import { bearer } from './support/dashboard.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { others, visits } from './support/every-dimension.ts'
import { askUntilMade, makeFactsFolder, optionsWithFacts } from './support/facts.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const hourMs = 3_600_000
const now = noon + 20 * 24 * hourMs
/** More visitors than a sketch counts one by one. */
const crowd = Array.from({ length: 900 }, (_, i) => {
  const at = noon + 2 * hourMs + i * 500
  const load = `c${i.toString(16).padStart(15, '0')}`
  const visitor = hash('sha256', `crowd ${i}`).slice(0, 16)
  const event = anEvent({ load, at, url: 'https://shop.example/crowd' })
  return aDelivery({ received: at + 30, sentAt: at + 20, visitor, country: i % 3 ? 'DE' : 'FR', events: [event] })
})

let stores: TestStores
let files: Awaited<ReturnType<typeof makeFactsFolder>>
let environment: ConsumerEnvironment
let store: Store
let app: FastifyInstance
let reports: Reports
let facts: FactReports
let view: View
let archive: ArchiveTable
const day = '2026-03-10'

const bounds = { maxMb: 64, memoryMb: 256, timeoutMs: 20_000 }

beforeAll(async () => {
  stores = await startStores()
  files = await makeFactsFolder()
  environment = await freshEnvironment('conditions')
  await putTraffic(stores.settings, [...visits(), ...others(), ...crowd], 20)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  const options = optionsWithFacts(environment, files.folder, bounds, () => now)
  store = options.store
  app = await createDashboard(options)
  reports = createReports(store, () => now)
  if (!store.facts) throw new Error('no facts')
  facts = createFactReports(store.facts)
  view = (await store.views.find()) as View
  archive = await openArchiveTable(
    environment,
    { from: noon - hourMs, to: noon + 7 * hourMs },
    { where: 'true', parameters: {} },
  )
}, 120_000)
afterAll(async () => {
  await app?.close()
  await archive?.close()
  await files?.remove()
  await stores?.close()
})

async function ask(question: string) {
  const { answer, progress } = await askUntilMade(app, `/api/sites/demo/${question}`)
  return { status: answer.statusCode, body: answer.json(), progress }
}

function periodOf(interval: 'hour' | 'day', tz = 'UTC'): Period {
  const asked = parsePeriod({ from: day, to: day, interval, tz }, { timeZone: tz }, now)
  if (!asked.ok) throw new Error(asked.message)
  return asked.period
}

describe('figures from facts are those of the aggregates', () => {
  const asked = (conditions: readonly { dimension: Dimension; value: string }[] = [], period = periodOf('hour')) => ({
    site: 'demo',
    period,
    view,
    conditions: conditions.map((each) => ({ ...each, by: 'is' as const, negated: false })),
  })

  it('in all, and hour by hour, whatever the time zone', async () => {
    await ask('summary?from=2026-03-10&to=2026-03-10&filter=country:DE&filter=page:/')
    const { facts: info, ...summary } = (await facts.summary(asked(), async () => 7)) as never as Record<
      string,
      unknown
    >
    // Of bots, which are in no figure, aggregates alone tell.
    const { bots: _, ...plain } = await reports.summary('demo', periodOf('hour'), view)
    expect(summary).toEqual(plain)
    expect(info).toMatchObject({ through: null, ofEvents: 7, events: summary.events })
    expect(summary.visitors).toBeGreaterThan(900)
    for (const tz of ['UTC', 'Asia/Kolkata', 'America/St_Johns', 'Europe/Berlin'])
      for (const filter of [
        { dimension: 'page', value: '/' },
        { dimension: 'country', value: 'DE' },
      ] as const) {
        const period = periodOf('hour', tz)
        expect(await facts.timeseries(asked([filter], period)), tz).toEqual(
          await reports.timeseries('demo', period, view, filter),
        )
      }
  })

  it.each(dimensions)('by %s, each figure of each value', async (dimension) => {
    const from = await facts.breakdown(asked(), dimension, 'events', 20_000)
    const plain = await reports.breakdown('demo', periodOf('hour'), view, dimension, 'events', 20_000)
    expect(from).toEqual(plain)
    expect(plain.rows.length).toBeGreaterThan(0)
  })

  it('web vitals and scroll depth', async () => {
    expect(await facts.vitals(asked())).toEqual(await reports.vitals('demo', periodOf('hour'), view))
    const all = { dimension: 'scroll', prefix: '', keepsPrefix: true } as const
    expect(await facts.scroll(asked())).toEqual(await reports.scroll('demo', periodOf('hour'), view, all))
  })

  it('of a page with what cells count together with it', async () => {
    const page = [{ dimension: 'page', value: '/' }] as const
    const combination = { dimension: 'pageTarget', prefix: '/\u0000', keepsPrefix: false } as const
    const plain = await reports.breakdown('demo', periodOf('hour'), view, 'target', 'clicks', 100, combination)
    const from = (await facts.breakdown(asked(page), 'target', 'clicks', 100)) as typeof plain
    // Cells do not tell visitors of it; facts do.
    const counted = ({ rows }: typeof plain) => rows.map(({ value, clicks, events }) => [value, clicks, events])
    expect(counted(from)).toEqual(counted(plain))
    expect(plain.rows.length).toBeGreaterThan(0)
  })
})

it.each(['/', '/docs/article-0', '/docs/article-1'])(
  'click maps are the same from facts as from cells: %s',
  async (page) => {
    const ask = async (query: string) => {
      const url = `/api/sites/demo/clickmap?page=${encodeURIComponent(page)}&from=${day}&to=${day}&tz=UTC${query}`
      return eventually(async () => {
        const answer = await app.inject({ url, headers: bearer })
        return answer.statusCode !== 202 && answer.json()
      })
    }
    const cells = await ask('')
    expect(cells.clicks).toBeGreaterThan(0)
    expect(cells.elements.reduce((sum: number, { clicks }: { clicks: number }) => sum + clicks, 0)).toBe(cells.clicks)
    // Everybody: nobody comes from there.
    expect(await ask('&filter=!country:XX')).toEqual(cells)
    const some = await ask('&filter=country:FR')
    expect(some.clicks).toBeLessThan(cells.clicks)
  },
)

describe('under several conditions', () => {
  const yesterday = `from=${day}&to=${day}`
  const page = `regexp_extract(json->>'url', '^https?://[^/]+([^?#]*)', 1)`
  /** Everybody came once, from one country. */
  const count = async (where: string) => {
    const [row] = await archive.ask<Record<string, number>>(`SELECT count(DISTINCT visitor)::INTEGER AS visitors,
      count(*) FILTER (type = 'pageview')::INTEGER AS pageviews, count(*) FILTER (type = 'click')::INTEGER AS clicks,
      count(*)::INTEGER AS events FROM events WHERE ${where}`)
    return row
  }

  it.each([
    ['filter=country:DE&filter=page:/', `json->>'country' = 'DE' AND ${page} = '/'`],
    ['filter=page:/&filter=!country:DE', `coalesce(json->>'country', '') <> 'DE' AND ${page} = '/'`],
    ['filter=country:DE&filter=country:FR&filter=!page:/', `json->>'country' IN ('DE', 'FR') AND ${page} <> '/'`],
    ['filter=page~DOCS&filter=country:DE', `json->>'country' = 'DE' AND contains(${page}, 'docs')`],
    ['filter=!page~docs', `NOT contains(${page}, 'docs')`],
    ['filter=page~~%5E/docs/.*-%5B12%5D$', `regexp_matches(${page}, '^/docs/.*-[12]$')`],
  ])('%s is what an independent count of the archive says', async (conditions, where) => {
    const counted = await count(where)
    expect(counted?.visitors).toBeGreaterThan(5)
    const { status, body } = await ask(`summary?${yesterday}&${conditions}`)
    expect(status).toBe(200)
    const few = (counted?.visitors ?? 0) <= 512
    expect(body).toMatchObject(
      few ? (counted ?? {}) : { ...counted, visitors: expect.closeTo(counted?.visitors ?? 0, -2) },
    )
    const { points } = (await ask(`timeseries?${yesterday}&interval=hour&${conditions}`)).body
    expect(points).toHaveLength(24)
    expect(points.reduce((sum: number, { events }: { events: number }) => sum + events, 0)).toBe(counted?.events)
  })

  it('every list is answered, and adds up to the whole', async () => {
    const conditions = 'filter=!country:US&filter=!page:/nowhere'
    const { body: summary } = await ask(`summary?${yesterday}&${conditions}`)
    for (const dimension of dimensions) {
      const { status, body } = await ask(`breakdown/${dimension}?${yesterday}&${conditions}&limit=20000`)
      expect(status, dimension).toBe(200)
      expect(body.rows.length, dimension).toBeGreaterThan(0)
    }
    const sum = async (dimension: string, figure: string) =>
      (await ask(`breakdown/${dimension}?${yesterday}&${conditions}&limit=20000`)).body.rows.reduce(
        (total: number, row: Record<string, number>) => total + (row[figure] ?? 0),
        0,
      )
    expect(await sum('browser', 'events')).toBe(summary.events)
    expect(await sum('entry', 'visits')).toBe(summary.visits)
    expect(await sum('exit', 'visits')).toBe(summary.visits)
    expect((await ask(`vitals?${yesterday}&${conditions}`)).body.vitals.length).toBeGreaterThan(0)
    expect((await ask(`scroll?${yesterday}&${conditions}`)).body.total).toBeGreaterThan(0)
  })

  it('a list that cells do not hold under one value comes from facts as well, and as CSV', async () => {
    const { status, body } = await ask(`breakdown/country?${yesterday}&filter=page:/crowd`)
    expect(status).toBe(200)
    expect(body.rows.map(({ value }: { value: string }) => value)).toEqual(['DE', 'FR'])
    const csv = await app.inject({
      url: `/api/sites/demo/breakdown/country?${yesterday}&filter=page:/crowd&format=csv`,
      headers: bearer,
    })
    expect(csv.body).toMatch(/^country,visitors,.*\r\nDE,/)
  })

  it.each([
    ['filter=colour:red', 'filter must be'],
    ['filter=page', 'filter must be'],
    ['filter=page~', 'needs something to look for'],
    ['filter=page~~(&filter=country:DE', 'filter cannot be used'],
    ['filter=!page:/&interval=minute', 'interval=minute has no filter'],
  ])('%s is refused', async (conditions, message) => {
    expect(await ask(`timeseries?${yesterday}&${conditions}`)).toMatchObject({
      status: 400,
      body: { code: 'bad_parameter', message: expect.stringContaining(message) },
    })
  })

  it('a segment has the figures of its filters, and with more those of all of them', async () => {
    const headers = { ...bearer, 'content-type': 'application/json' }
    const payload = { name: 'Germans with documents', filters: ['page~docs', 'country:DE'] }
    const saved = await app.inject({ method: 'POST', url: '/api/sites/demo/segments', headers, payload })
    expect(saved.statusCode).toBe(201)
    const segment = `segment=${saved.json().id}`
    const questions = ['summary', 'timeseries', 'breakdown/browser', 'vitals', 'scroll']
    for (const [asked, same] of [
      [segment, 'filter=page~docs&filter=country:DE'],
      [`${segment}&filter=!browser:Chrome`, 'filter=page~docs&filter=country:DE&filter=!browser:Chrome'],
    ])
      for (const question of questions) {
        const { status, body } = await ask(`${question}?${yesterday}&${asked}`)
        expect(status, question).toBe(200)
        expect(body, question).toEqual((await ask(`${question}?${yesterday}&${same}`)).body)
      }
    expect((await ask(`summary?${yesterday}&${segment}`)).body.events).toBeGreaterThan(0)
    expect(await ask(`summary?${yesterday}&segment=0000`)).toMatchObject({
      status: 404,
      body: { code: 'unknown_segment' },
    })
    expect(await ask(`timeseries?${yesterday}&interval=minute&${segment}`)).toMatchObject({ status: 400 })
  })

  it('values are values: nothing in them is read as SQL', async () => {
    for (const value of [`'`, `' OR 1=1 --`, '$value1', '";']) {
      const { status, body } = await ask(
        `summary?${yesterday}&filter=country:DE&filter=page:${encodeURIComponent(value)}`,
      )
      expect([status, body.events]).toEqual([200, 0])
    }
  })

  it('says so where facts take too long', async () => {
    const hasty = { ...bounds, timeoutMs: 1 }
    const other = await createDashboard(optionsWithFacts(environment, files.folder, hasty, () => now))
    const answer = await other.inject({
      url: `/api/sites/demo/breakdown/target?${yesterday}&filter=country:DE&filter=!page:/x`,
      headers: bearer,
    })
    expect(answer.json()).toMatchObject({ code: 'facts_too_large' })
    expect(answer.statusCode).toBe(503)
    await other.close()
  })
})

it('tells how far the facts are while they are made, and makes them once for all who ask', async () => {
  await rm(join(files.folder, 'demo'), { recursive: true })
  const question = `summary?from=${day}&to=${day}&filter=country:DE&filter=browser:Chrome`
  const [one, two] = await Promise.all([ask(question), ask(question)])
  expect(one.status).toBe(200)
  expect(one.body).toEqual(two.body)
  expect(one.progress.length).toBeGreaterThan(0)
})
