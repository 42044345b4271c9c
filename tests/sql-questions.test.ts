/** Questions in SQL as an attacker asks them: other sites' facts, files, settings, time, memory and disk. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DimensionValue, SharedValues } from '../consumers/aggregator/dimension-value.ts'
import { tallyOf } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { FactWriter } from '../consumers/facts/fact-writer.ts'
import { createSqlQuestions, QuestionError, type SqlQuestions } from '../consumers/facts/shapes/sql-questions.ts'
import { noon } from './support/events.ts'

const day = noon - (noon % 86_400_000)
const secret = 'open sesame'
let root: string
let own: string
let others: string
let questions: SqlQuestions

async function writeFacts(folder: string, pages: readonly string[]): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true })
  const writer = await FactWriter.open(root)
  for (const [i, page] of pages.entries())
    writer.add({
      ...{ site: 'demo', at: noon + i, received: noon + i, segment: dailySegments()(noon) },
      ...{ add: tallyOf({ events: 1 }), visitor: i, values: [new DimensionValue('page', page)] },
      shared: new SharedValues([[new DimensionValue('country', 'DE')]]),
      ...{ visitorIsKnown: false, outsideTotals: false, beside: [], visit: undefined },
    })
  await writer.write(day, folder)
  writer.close()
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'retrace-sql-'))
  own = join(root, 'demo', "own's.parquet")
  others = join(root, 'other', 'others.parquet')
  await writeFacts(
    own,
    Array.from({ length: 5000 }, (_, i) => `/page-${i}`),
  )
  await writeFacts(others, [secret])
  await writeFile(join(root, 'secret.csv'), `word\n${secret}\n`)
  process.env.RETRACE_TEST_SECRET = secret
  questions = createSqlQuestions(root, { memoryMb: 128, timeoutMs: 2000 })
}, 60_000)
afterAll(async () => {
  delete process.env.RETRACE_TEST_SECRET
  await rm(root, { recursive: true, force: true })
})

const question = (sql: string) => ({ sql, files: [own], from: day, to: day + 86_400_000 })
const ask = (sql: string, maxRows = 5, signal = new AbortController().signal) =>
  questions.ask(question(sql), maxRows, signal)

async function refusal(sql: string): Promise<QuestionError> {
  const answer = await ask(sql).catch((error: unknown) => error)
  if (!(answer instanceof QuestionError)) throw new Error(`${sql} was answered: ${JSON.stringify(answer)}`)
  return answer
}

it('answers with names, types and values, and says when there is more', async () => {
  const sql = `SELECT page, count(*) AS facts, sum(events) / 3 AS third, "time", [1, 2] AS list, 9007199254740993 AS large
    FROM facts WHERE page LIKE '/page-499_' GROUP BY ALL ORDER BY page -- these;`
  const answer = await ask(`${sql}\n;`, 3)
  expect(answer.columns.map(({ type }) => type)).toEqual([
    ...['VARCHAR', 'BIGINT', 'DOUBLE', 'TIMESTAMP', 'INTEGER[]', 'BIGINT'],
  ])
  expect(answer.rows).toHaveLength(3)
  expect(answer.rows[0]).toEqual(['/page-4990', 1, 1 / 3, '2026-03-10 12:00:04.99', '[1, 2]', '9007199254740993'])
  expect(answer).toMatchObject({ rowCount: 3, isCut: true })
  expect(await ask('SUMMARIZE facts', 100)).toMatchObject({ isCut: false })
  const recursive = 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT max(i) FROM n'
  expect((await ask(recursive)).rows).toEqual([[4]])
}, 60_000)

it('writes an answer as CSV and as Parquet, whole, and leaves nothing behind', async () => {
  const never = new AbortController().signal
  const sql = `SELECT page, '=1+1' AS formula, 'a' || chr(0) || 'b' AS parts FROM facts ORDER BY "time" DESC;`
  const csv = await questions.download(question(sql), 'csv', never)
  const lines = (await text(csv.content)).split('\r\n')
  expect(csv.rowCount).toBe(5000)
  expect(lines.slice(0, 2)).toEqual(['page,formula,parts', "/page-4999,'=1+1,a · b"])
  expect(lines).toHaveLength(5002)
  const parquet = await questions.download(question(sql), 'parquet', never)
  expect(parquet.rowCount).toBe(5000)
  expect((await text(parquet.content)).slice(0, 4)).toBe('PAR1')
  expect((await readdir(root)).sort()).toEqual(['demo', 'other', 'secret.csv'])
}, 60_000)

describe('refuses', () => {
  const at = (name: string) => join(root, name)
  const hostile: readonly (readonly [what: string, sql: () => string])[] = [
    ['facts of another site', () => `SELECT * FROM read_parquet('${others}/lists.parquet')`],
    ['facts of all sites by a pattern', () => `SELECT * FROM read_parquet('${root}/*/*/lists.parquet')`],
    ['another site’s file in place of a table', () => `SELECT * FROM '${others}/lists.parquet'`],
    [
      'the same behind a name that WITH made elsewhere',
      () =>
        `SELECT * FROM '${others}/lists.parquet' WHERE EXISTS (WITH "${others}/lists.parquet" AS (SELECT 1) FROM "${others}/lists.parquet")`,
    ],
    [
      'the same in a subquery of a condition',
      () => `SELECT page FROM facts WHERE page IN (SELECT page FROM parquet_scan('${others}/lists.parquet'))`,
    ],
    ['the same in a text that is run', () => `SELECT * FROM query('SELECT * FROM "${others}/lists.parquet"')`],
    ['the same by the name of a table', () => `SELECT * FROM query_table(['${others}/lists.parquet'])`],
    ['its own files, which have more than the period', () => `SELECT * FROM read_parquet('${own}/facts.parquet')`],
    ['what a file of facts says of itself', () => `SELECT * FROM parquet_metadata('${others}/facts.parquet')`],
    ['a file of any kind', () => `SELECT * FROM read_csv('${at('secret.csv')}')`],
    ['a file by its text', () => `SELECT content FROM read_text('${at('secret.csv')}')`],
    ['a file by its bytes', () => `SELECT content FROM read_blob('/etc/passwd')`],
    ['a file as JSON', () => `FROM read_json_auto('/proc/self/environ')`],
    ['to list files', () => `SELECT * FROM glob('${at('*')}')`],
    ['to guess what a file is', () => `FROM sniff_csv('${at('secret.csv')}')`],
    ['to write', () => `COPY facts TO '${at('copy.parquet')}'`],
    ['to write behind a question', () => `SELECT 1; COPY facts TO '${at('copy.csv')}'`],
    ['to read into a table', () => `COPY facts FROM '${at('secret.csv')}'`],
    ['to export', () => `EXPORT DATABASE '${at('exported')}'`],
    ['another database', () => `ATTACH '${at('other.duckdb')}'`],
    ['what lies elsewhere', () => `SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')`],
    ['to load extensions', () => `INSTALL httpfs`],
    ['extensions from a file', () => `LOAD '${at('evil.duckdb_extension')}'`],
    ['to take its bounds away', () => `SET enable_external_access = true`],
    ['to take more memory', () => `PRAGMA memory_limit = '10GB'`],
    ['to open other paths', () => `SET allowed_paths = ['${others}/facts.parquet']`],
    ['to unlock the configuration', () => `RESET lock_configuration`],
    ['to read settings', () => `SELECT current_setting('allowed_paths')`],
    ['to read them by a chain', () => `SELECT 'allowed_paths'.CURRENT_SETTING()`],
    ['to list settings', () => `SELECT * FROM duckdb_settings()`],
    ['what a view reads', () => `SELECT sql FROM duckdb_views()`],
    ['the same by a catalog', () => `SELECT view_definition FROM information_schema.views`],
    ['the same as PostgreSQL has it', () => `SELECT pg_get_viewdef(0), * FROM pg_catalog.pg_views`],
    ['the same as a plan', () => `SELECT json_serialize_plan('SELECT * FROM facts')`],
    ['a plan that names files', () => `EXPLAIN SELECT * FROM facts`],
    [
      'a statement as data',
      () => `SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM duckdb_views()'))`,
    ],
    ['the environment', () => `SELECT getenv('RETRACE_TEST_SECRET')`],
    ['secrets', () => `FROM duckdb_secrets()`],
    ['to make a secret', () => `CREATE SECRET s (TYPE s3, KEY_ID 'x', SECRET 'y')`],
    ['to make a macro', () => `CREATE MACRO leak() AS TABLE FROM duckdb_views()`],
    ['to write a log', () => `SELECT write_log('${secret}')`],
    ['to write into facts', () => `DELETE FROM facts`],
    ['to take the view away', () => `CREATE OR REPLACE VIEW facts AS SELECT 1`],
    ['to call a procedure', () => `CALL enable_logging()`],
    ['to go on in a transaction', () => `BEGIN; SELECT 1; COMMIT`],
    ['to prepare', () => `PREPARE p AS SELECT 1`],
  ]

  // Two at a time: each is a process of its own.
  it.concurrent.each(hostile)(
    '%s',
    async (_, sql) => {
      const { code, message } = await refusal(sql())
      expect(['not_allowed', 'bad_sql']).toContain(code)
      expect(message.length).toBeGreaterThan(10)
      // Names that were sent may be said again; what they hold, and where facts are, may not.
      expect(message.replaceAll(others, '').replaceAll(own, '')).not.toMatch(/sesame|own's/)
      expect((await readdir(root)).sort()).toEqual(['demo', 'other', 'secret.csv'])
    },
    60_000,
  )

  it('what is no SQL, with the place', async () => {
    expect(await refusal('SELECT page\nFROM facts\nWHER true')).toMatchObject({
      code: 'bad_sql',
      place: { line: 3, column: 6 },
    })
    expect(await refusal("SELECT 'ä',\n  colour FROM facts")).toMatchObject({
      code: 'bad_sql',
      place: { line: 2, column: 3 },
      message: expect.stringContaining('colour'),
    })
    expect(await refusal('')).toMatchObject({ code: 'bad_sql' })
    expect(await refusal("SELECT 1 FROM glob('*')")).toMatchObject({ place: { line: 1, column: 15 } })
  }, 60_000)
})

describe('ends', () => {
  const bombs: readonly (readonly [what: string, code: RegExp, sql: string])[] = [
    [
      'an endless join',
      /^too_slow$/,
      'SELECT count(*) FROM facts a, facts b, facts c, facts d WHERE a.page || b.page < c.page || d.page',
    ],
    [
      'an endless recursion',
      /^too_(slow|large)$/,
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n',
    ],
    [
      'a recursion that doubles',
      /^too_(slow|large)$/,
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i FROM n, range(2)) SELECT count(*) FROM n',
    ],
    [
      'an endless series',
      /^too_slow$/,
      'SELECT sum(hash(a.range)) FROM range(1000000000000) a, generate_series(1, 1000000) b',
    ],
    ['a list without end', /^(too_large|bad_sql|ended)$/, 'SELECT range(100000000000)'],
    [
      'a text beyond its memory',
      /^(too_large|ended)$/,
      `SELECT string_agg(repeat('x', 1000000 + range::INTEGER), '') FROM range(10000)`,
    ],
    [
      'texts that DuckDB does not count',
      /^(too_large|too_slow|ended)$/,
      `SELECT sum(length(repeat('x', 10000000 + range::INTEGER))) FROM range(100000)`,
    ],
    [
      'a sort of more than there is memory for',
      /^too_(large|slow)$/,
      'SELECT * FROM (SELECT a.page || b.page AS p FROM facts a, facts b) ORDER BY hash(p) LIMIT 1 OFFSET 20000000',
    ],
    ['what cannot be interrupted', /^too_slow$/, 'SELECT sleep_ms(60000)'],
    [
      'a pattern that is meant to explode',
      /^(bad_sql|too_slow|too_large)$/,
      `SELECT regexp_matches(repeat('a', 100000000), '(x{1,1000}){1,1000}')`,
    ],
    [
      'brackets without end',
      /^(bad_sql|ended|too_slow|too_large)$/,
      `SELECT ${'('.repeat(30_000)}1${')'.repeat(30_000)}`,
    ],
  ]
  it.each(bombs)(
    '%s',
    async (_, code, sql) => {
      const startedAt = performance.now()
      expect((await refusal(sql)).code).toMatch(code)
      expect(performance.now() - startedAt).toBeLessThan(40_000)
    },
    60_000,
  )

  it('an answer of rows without end where it may be no longer', async () => {
    expect(await ask('SELECT range FROM range(100000000000)', 1000)).toMatchObject({ rowCount: 1000, isCut: true })
    const wide = await ask(`SELECT repeat('x', 10000) FROM range(1000)`, 1000)
    expect(wide.isCut).toBe(true)
    expect(wide.rowCount).toBeLessThan(450)
  }, 60_000)

  it.each(['csv', 'parquet'] as const)(
    'a file that is larger than it may be: %s',
    async (format) => {
      const sql = `SELECT hash(range) FROM range(1000000000)`
      await expect(questions.download(question(sql), format, new AbortController().signal)).rejects.toMatchObject({
        code: expect.stringMatching(/too_/),
      })
      expect((await readdir(root)).sort()).toEqual(['demo', 'other', 'secret.csv'])
    },
    60_000,
  )

  it('what nobody waits for any more', async () => {
    const abort = new AbortController()
    const asked = ask('SELECT sleep_ms(60000)', 5, abort.signal)
    abort.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
  })
})
