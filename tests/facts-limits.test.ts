/** What asks facts in SQL gets the facts that it was given, and nothing else, in the time and memory that it may take. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Delta } from '../consumers/aggregator/delta.ts'
import { DimensionValue, SharedValues } from '../consumers/aggregator/dimension-value.ts'
import { tallyOf } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { FactWriter } from '../consumers/facts/fact-writer.ts'
import { FactsDatabase } from '../consumers/facts/shapes/facts-database.ts'
import { noon } from './support/events.ts'

const day = noon - (noon % 86_400_000)
const limits = { memoryMb: 64, threads: 1, timeoutMs: 1500, maxRows: 5 }
const period = { from: day, to: day + 86_400_000 }
let folder: string
let own: string
let others: string
let database: FactsDatabase

const shared = new SharedValues([[new DimensionValue('country', 'DE')]])

function aDelta(page: string, at: number, add: Parameters<typeof tallyOf>[0], visitor?: number): Delta {
  return {
    ...{ site: 'demo', at, received: at, segment: dailySegments()(noon) },
    ...{ add: tallyOf(add), visitor, values: [new DimensionValue('page', page)], shared },
    ...{ visitorIsKnown: false, outsideTotals: false, beside: [], visit: undefined },
  }
}

async function writeFacts(folderOfDay: string, pages: readonly string[]): Promise<void> {
  const writer = await FactWriter.open(folder)
  for (const [i, page] of pages.entries()) writer.add(aDelta(page, noon + i, { events: 1 }, i))
  await writer.write(day, folderOfDay)
  writer.close()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-facts-'))
  own = join(folder, "own's.parquet")
  others = join(folder, 'others.parquet')
  await writeFacts(
    own,
    Array.from({ length: 5000 }, (_, i) => `/page-${i}`),
  )
  await writeFacts(others, ['/secret'])
  await writeFile(join(folder, 'secret.csv'), 'word\nopen sesame\n')
  database = await FactsDatabase.open({ files: [own], ...period }, limits)
})
afterAll(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

it('answers about facts, values and numbers as they were added, and says when there are more rows', async () => {
  const sql = `SELECT page, country, sum(events)::INTEGER AS events FROM facts WHERE page LIKE $page GROUP BY ALL ORDER BY page`
  expect(await database.ask(sql, { page: '/page-499_' })).toMatchObject({
    columns: ['page', 'country', 'events'],
    rows: [0, 1, 2, 3, 4].map((i) => [`/page-499${i}`, 'DE', 1]),
    isCut: true,
  })
  expect(await database.ask('SELECT count(*)::INTEGER FROM facts')).toMatchObject({ rows: [[5000]], isCut: false })
})

it('has one row for what differs in counts alone, and none for what comes to nothing', async () => {
  const folderOfDay = join(folder, 'steps')
  const writer = await FactWriter.open(folder)
  const step = (page: string, visitMs: number, visitor?: number) => writer.add(aDelta(page, noon, { visitMs }, visitor))
  step('/longer', 400)
  step('/longer', 350)
  step('/taken-back', 100)
  step('/taken-back', -100)
  step('/seen', 70, 1)
  step('/seen', -70, 1)
  await writer.write(day, folderOfDay)
  writer.close()
  const steps = await FactsDatabase.open({ files: [folderOfDay], ...period }, limits)
  // Somebody was there, whatever was taken back.
  expect((await steps.ask('SELECT page, visitor, visit_ms FROM facts ORDER BY page')).rows).toEqual([
    ['/longer', null, 750],
    ['/seen', 1, null],
  ])
  steps.close()
  await rm(folderOfDay, { recursive: true })
})

it('knows no facts from outside the period, and none where there are no files', async () => {
  const later = await FactsDatabase.open({ files: [own], from: noon + 4999, to: period.to }, limits)
  expect((await later.ask('SELECT page FROM facts')).rows).toEqual([['/page-4999']])
  later.close()
  const nothing = await FactsDatabase.open({ files: [], ...period }, limits)
  expect((await nothing.ask('SELECT page, property FROM facts')).rows).toEqual([])
  nothing.close()
})

describe('refuses', () => {
  const path = (name: string) => join(folder, name)
  it.each([
    ['another file of facts', () => `SELECT * FROM read_parquet('${join(others, 'facts.parquet')}')`],
    ['values of other facts', () => `SELECT * FROM read_parquet('${join(others, 'lists.parquet')}')`],
    ['a file of any kind', () => `SELECT * FROM read_csv('${path('secret.csv')}')`],
    ['a file by its text', () => `SELECT * FROM read_text('${path('secret.csv')}')`],
    ['files by a pattern', () => `SELECT * FROM read_parquet('${path('*/*.parquet')}')`],
    ['files of the system', () => `SELECT * FROM read_text('/etc/passwd')`],
    ['to list files', () => `SELECT * FROM glob('${path('*')}')`],
    ['to write', () => `COPY facts TO '${path('copy.parquet')}'`],
    ['to export', () => `EXPORT DATABASE '${path('exported')}'`],
    ['another database', () => `ATTACH '${path('other.duckdb')}'`],
    ['what lies elsewhere', () => `SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')`],
    ['to load extensions', () => `INSTALL httpfs`],
    ['extensions from a file', () => `LOAD '${path('evil.duckdb_extension')}'`],
    ['to take its bounds away', () => `SET enable_external_access = true`],
    ['to take more memory', () => `SET memory_limit = '10GB'`],
    ['to open other paths', () => `SET allowed_paths = ['${join(others, 'facts.parquet')}']`],
  ])('%s', async (_, sql) => {
    await expect(database.ask(sql())).rejects.toMatchObject({
      name: 'Error',
      code: expect.stringMatching(/not_allowed|bad_sql/),
    })
    expect((await readdir(folder)).filter((name) => name !== "own's.parquet").sort()).toEqual([
      'others.parquet',
      'secret.csv',
    ])
  })

  it('what is no SQL, with the reason', async () => {
    await expect(database.ask('SELEKT 1')).rejects.toMatchObject({
      code: 'bad_sql',
      message: expect.stringContaining('SELEKT'),
    })
    await expect(database.ask('SELECT colour FROM facts')).rejects.toMatchObject({
      code: 'bad_sql',
      message: expect.stringContaining('colour'),
    })
  })
})

describe('ends', () => {
  it('what takes too long, and answers the next', async () => {
    const endless = 'SELECT count(*) FROM facts a, facts b, facts c, facts d WHERE a.page || b.page < c.page || d.page'
    const startedAt = performance.now()
    await expect(database.ask(endless)).rejects.toMatchObject({
      code: 'too_slow',
      message: expect.stringContaining('1.5 seconds'),
    })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect((await database.ask('SELECT 1 AS one')).rows).toEqual([[1]])
  })

  it('what needs too much memory, and answers the next', async () => {
    const large = `SELECT list(a.page || b.page) FROM facts a, facts b WHERE a.visitor < 4000`
    await expect(database.ask(large)).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('memory'),
    })
    expect((await database.ask('SELECT 1 AS one')).rows).toEqual([[1]])
  })
})

it('says that files are gone', async () => {
  const gone = await FactsDatabase.open({ folder }, limits)
  await expect(gone.ask(`SELECT * FROM read_parquet('${join(folder, 'gone.parquet')}')`)).rejects.toMatchObject({
    code: 'no_files',
  })
  gone.close()
})
