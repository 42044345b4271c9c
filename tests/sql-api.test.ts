/** Questions in SQL by the API: whose facts they reach, who may ask, what is told of it, and that the dashboard answers meanwhile. */
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { createDashboard } from '../dashboard/server.ts'
import { adminToken, bearer } from './support/dashboard.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { makeFactsFolder, optionsWithFacts } from './support/facts.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const aVisit = (site: string, i: number, page: string) => {
  const load = `${site.length}${i.toString(16).padStart(15, '0')}`
  const at = noon + i * 60_000
  const event = anEvent({ load, at, url: `https://shop.example${page}` })
  return { ...aDelivery({ received: at + 30, sentAt: at + 20, visitor: load, country: 'DE', events: [event] }), site }
}
const logged: string[] = []
let stores: TestStores
let files: Awaited<ReturnType<typeof makeFactsFolder>>
let app: FastifyInstance

beforeAll(async () => {
  ;[stores, files] = await Promise.all([startStores(), makeFactsFolder()])
  const environment = await freshEnvironment('sql')
  const demo = Array.from({ length: 6 }, (_, i) => aVisit('demo', i, `/page-${i % 2}`))
  const other = Array.from({ length: 4 }, (_, i) => aVisit('secret', i, '/open-sesame'))
  await putTraffic(stores.settings, [...demo, ...other])
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
  const bounds = { maxMb: 64, memoryMb: 128, timeoutMs: 3000 }
  const options = optionsWithFacts(environment, files.folder, bounds, () => noon + 24 * 3_600_000)
  const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) })
  app = await createDashboard({ ...options, logger })
  for (const site of ['demo', 'secret'])
    await app.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload: { site, name: site } })
}, 120_000)
afterAll(async () => {
  await app?.close()
  await files?.remove()
  await stores?.close()
})

async function ask(sql: string, { site = 'demo', query = '', headers = bearer as Record<string, string> } = {}) {
  const url = `/api/sites/${site}/sql?from=2026-03-10&to=2026-03-10${query}`
  for (;;) {
    const answer = await app.inject({ method: 'POST', url, headers, payload: { sql } })
    if (answer.statusCode !== 202) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const pages = 'SELECT page, sum(pageviews) AS pageviews FROM facts WHERE pageviews > 0 GROUP BY page ORDER BY page'

it('answers of the site that is asked about, and of no other', async () => {
  expect((await ask(pages)).json()).toMatchObject({
    columns: [{ name: 'page' }, { name: 'pageviews' }],
    rows: [
      ['/page-0', 3],
      ['/page-1', 3],
    ],
    isCut: false,
    through: null,
  })
  expect((await ask(pages, { site: 'secret' })).json().rows).toEqual([['/open-sesame', 4]])
  // The other site's files are beside it now, and known by name.
  for (const from of [
    `'${files.folder}/secret/*/lists.parquet'`,
    `read_parquet('${files.folder}/*/*/lists.parquet')`,
  ]) {
    const answer = await ask(`SELECT * FROM ${from}`)
    expect(answer.json()).toMatchObject({
      code: 'sql_not_allowed',
      message: expect.stringMatching(/^Line 1, column 15: /),
    })
    expect(answer.body).not.toContain('sesame')
  }
}, 60_000)

it('gives the whole answer as a file', async () => {
  const csv = await ask(pages, { query: '&format=csv' })
  expect(csv.headers).toMatchObject({ 'content-disposition': 'attachment; filename="demo-sql.csv"' })
  expect(csv.body).toBe('page,pageviews\r\n/page-0,3\r\n/page-1,3\r\n')
  const parquet = await ask(pages, { query: '&format=parquet' })
  expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1')
}, 60_000)

it('says the place of a mistake, and refuses what it does not know', async () => {
  expect((await ask('SELECT page FROM fact')).json()).toEqual({
    code: 'sql_not_allowed',
    message: 'Line 1, column 18: There is no table fact here. There is facts, and what WITH names.',
  })
  const url = '/api/sites/demo/sql'
  const unknown = await app.inject({
    method: 'POST',
    url,
    headers: bearer,
    payload: { sql: 'SELECT 1', site: 'secret' },
  })
  expect(unknown.json()).toMatchObject({ code: 'bad_body', message: expect.stringContaining("'site'") })
  expect((await ask('SELECT 1', { site: 'nothing' })).statusCode).toBe(404)
  expect((await ask('SELECT 1', { headers: { authorization: `Bearer no${adminToken}` } })).statusCode).toBe(401)
}, 60_000)

it('goes on answering while a question has no end, which is ended; a second one waits', async () => {
  const endless = ask('SELECT sum(hash(a.range)) FROM range(1000000000000) a, range(1000000) b')
  let isOver = false
  void endless.then(() => {
    isOver = true
  })
  const waits: number[] = []
  let second: string | undefined
  while (!isOver) {
    const startedAt = performance.now()
    expect(
      (await app.inject({ url: '/api/sites/demo/summary?from=2026-03-10&to=2026-03-10', headers: bearer })).json()
        .pageviews,
    ).toBe(6)
    waits.push(performance.now() - startedAt)
    second ??= (await ask('SELECT 1')).json().code
  }
  expect((await endless).json().code).toBe('sql_too_large')
  expect(second).toBe('too_many_questions')
  expect(waits.length).toBeGreaterThan(10)
  expect(Math.max(...waits)).toBeLessThan(2500)
  expect((await ask('SELECT 1 AS one')).json().rows).toEqual([[1]])
}, 60_000)

it('is written down: who, where, how long and how much, and nothing of the answer', async () => {
  await ask(`SELECT 'opensesame' AS word, page FROM facts LIMIT 2`)
  const line = logged.findLast((each) => each.includes('"audit":"sql"')) ?? ''
  expect(JSON.parse(line)).toMatchObject({
    ...{ audit: 'sql', site: 'demo', who: 'administrator administrator', rows: 2, outcome: 'answered' },
    ms: expect.any(Number),
  })
  expect(logged.join('')).not.toMatch(/sesame|page-0/)
}, 60_000)
