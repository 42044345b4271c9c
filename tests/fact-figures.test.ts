/** Figures that are added up in memory are what the plainest SQL says of the same files, in whatever memory there is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Delta } from '../consumers/aggregator/delta.ts'
import { DimensionValue, SharedValues } from '../consumers/aggregator/dimension-value.ts'
import { counts, tallyOf } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { VisitorSketch } from '../consumers/aggregator/shapes/visitor-sketch.ts'
import { FactWriter } from '../consumers/facts/fact-writer.ts'
import { countColumn } from '../consumers/facts/shapes/fact-columns.ts'
import { FactsDatabase } from '../consumers/facts/shapes/facts-database.ts'
import { parseCondition } from '../dashboard/query/conditions.ts'
import { createFactBlocks } from '../dashboard/store/fact-blocks.ts'
import { createFactFigures } from '../dashboard/store/fact-figures.ts'
import { seededRandom } from '../load-test/random.ts'
import { noon } from './support/events.ts'

const dayMs = 86_400_000
const first = noon - (noon % dayMs)
const days = [first, first + dayMs]
const period = { from: first + 3_600_000, to: first + 2 * dayMs - 3_600_000 }
const limits = { memoryMb: 128, threads: 1, timeoutMs: 20_000, maxRows: 100_000 }
const visits = ['DE', 'FR', 'US'].map((country) => new SharedValues([[new DimensionValue('country', country)]]))

let folder: string
let files: string[]
let database: FactsDatabase

function aDelta(day: number, random: () => number): Delta {
  const draw = (most: number) => Math.floor(random() * most)
  const at = day + draw(dayMs) - (draw(20) === 0 ? dayMs : 0)
  const page = draw(9) === 0 ? [] : [new DimensionValue('page', `/docs/${draw(12)}`)]
  const property = Array.from(
    { length: draw(3) },
    (_, i) => new DimensionValue('property', `e\u0000k${i}\u0000${draw(4)}`),
  )
  return {
    ...{ site: 'demo', at: Math.max(at, first), received: day + dayMs - 1, segment: dailySegments()(day) },
    // Some with more than a packed count has room for, and some that take back.
    add: tallyOf({
      events: draw(50) === 0 ? 40 : 1,
      clicks: draw(3),
      bounces: -draw(2),
      bots: draw(99) === 0 ? 5000 : 0,
      visitMs: draw(9000),
    }),
    visitor: draw(5) === 0 ? undefined : (draw(800) * 2_654_435_761) | 0,
    values: [...page, ...property],
    shared: visits[draw(visits.length)],
    ...{ visitorIsKnown: false, outsideTotals: false, beside: [], visit: undefined },
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-figures-'))
  const random = seededRandom(7)
  files = []
  for (const day of days) {
    const writer = await FactWriter.open(folder)
    for (let i = 0; i < 4000; i++) writer.add(aDelta(day, random))
    const path = join(folder, `${day}.parquet`)
    await writer.write(day, path)
    writer.close()
    files.push(path)
  }
  database = await FactsDatabase.open({ files, ...period }, limits)
})
afterAll(async () => {
  database?.close()
  await rm(folder, { recursive: true })
})

const conditionsOf = (texts: readonly string[]) =>
  texts.map((text) => {
    const result = parseCondition(text)
    if (!result.ok) throw new Error(result.message)
    return result.condition
  })

async function plain(key: string, where: string) {
  const sums = counts.map((count) => `coalesce(sum(${countColumn(count)}), 0)::INTEGER`)
  const { rows } =
    await database.ask(`SELECT key, to_json(list(DISTINCT visitor) FILTER (visitor IS NOT NULL))::VARCHAR,
      coalesce(sum(events) FILTER (arrived > "time"::DATE), 0)::INTEGER, ${sums.join(', ')}
    FROM (SELECT ${key} AS key, * FROM facts WHERE ${where}) WHERE key IS NOT NULL GROUP BY key`)
  return new Map(
    rows.map(([name, people, ...figures]) => {
      // Beyond 512 cells estimate, and so do these.
      const sketch = new VisitorSketch()
      for (const hash of JSON.parse((people as string | null) ?? '[]') as number[]) sketch.add(hash)
      return [String(name), { visitors: sketch.count, sums: figures as number[] }]
    }),
  )
}

it.each([512 * 1024 * 1024, 1])('in %d bytes, under conditions of all kinds', async (maxBytes) => {
  const blocks = createFactBlocks(maxBytes)
  const { figures, events } = createFactFigures(blocks, (work) => work(database), 20_000)
  const all = await plain(`''`, 'true')
  expect(await events({ files, ...period })).toBe(all.get('')?.sums[1 + counts.indexOf('events')])
  const cases: [texts: string[], where: string][] = [
    [[], 'true'],
    [['country:DE', 'page:/docs/3'], `country = 'DE' AND page = '/docs/3'`],
    [['country:DE', 'country:FR', '!page:/docs/3'], `country IN ('DE', 'FR') AND page IS DISTINCT FROM '/docs/3'`],
    [['page~DOCS/1', '!page~~/docs/1[01]$'], `page LIKE '/docs/1%' AND page NOT IN ('/docs/10', '/docs/11')`],
    [['page:/nowhere'], 'false'],
  ]
  for (const [texts, where] of cases)
    for (const dimension of ['page', 'country', 'property', 'nothing'] as const) {
      const by = dimension === 'nothing' ? dimension : { dimension }
      const found = await figures({ files, ...period, conditions: conditionsOf(texts) }, by)
      const key = dimension === 'nothing' ? `''` : dimension === 'property' ? 'unnest(property)' : dimension
      const expected = await plain(key, where)
      expect([...found.keys()].sort(), `${texts} by ${dimension}`).toEqual([...expected.keys()].sort())
      for (const [name, { visitors, lateEvents, ...sums }] of found) {
        const ofSql = expected.get(name)
        expect([lateEvents, ...counts.map((count) => sums[count])], `${texts} ${name}`).toEqual(ofSql?.sums)
        expect(visitors.count, `${texts} ${name}`).toBe(dimension === 'property' ? 0 : ofSql?.visitors)
      }
    }
})

it('tells those apart that come in different buckets, an hour in the one that it begins in', async () => {
  const blocks = createFactBlocks(1024 * 1024)
  const { figures } = createFactFigures(blocks, (work) => work(database), 20_000)
  const starts = [period.from, first + 5.5 * 3_600_000, first + dayMs]
  const found = await figures({ files, ...period, conditions: [] }, { starts })
  const bucket = (from: number, to: number) =>
    plain(
      `''`,
      `date_trunc('hour', "time") >= make_timestamp_ms(${from}) AND date_trunc('hour', "time") < make_timestamp_ms(${to})`,
    )
  for (const [i, start] of starts.entries()) {
    const [, ...sums] = (await bucket(start, starts[i + 1] ?? period.to)).get('')?.sums ?? []
    expect(counts.map((count) => found.get(String(i))?.[count])).toEqual(sums)
  }
})

it('says that a pattern is none', async () => {
  const blocks = createFactBlocks(1024 * 1024)
  const { figures } = createFactFigures(blocks, (work) => work(database), 20_000)
  const asked = { files, ...period, conditions: conditionsOf(['page~~(']) }
  await expect(figures(asked, 'nothing')).rejects.toMatchObject({ code: 'bad_sql' })
})
