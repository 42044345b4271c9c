/** The facts of a day out of DuckDB's tables into a file of their own (shapes/block-file.ts). */
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { type Dimension, dimensions } from '../aggregator/shapes/dimensions.ts'
import { writeBlockFile } from './shapes/block-file.ts'
import { type Dictionary, type FactBlock, type FactGroups, kindCounts, kindWidth } from './shapes/fact-block.ts'
import { countColumn, isListed, numbersOfDay, partOf } from './shapes/fact-columns.ts'

type Query = (sql: string) => Promise<DuckDBResult>

const countsOfKind = kindCounts.map((count) => `coalesce(${countColumn(count)}, 0)`)
const place = (number: string) => `(${number} % ${numbersOfDay} - 1)::INTEGER`
/** Facts of one number and kind: such a product is a whole number that JavaScript writes exactly. */
const mostKinds = 2 ** 21

/**
 * @param connection has `day_facts`, `day_lists` and `day_visits`: what the Parquet files have
 * @param sqlOf SQL of a dimension's value, or list of values, there
 */
export async function writeBlock(
  connection: DuckDBConnection,
  folder: string,
  sqlOf: (dimension: Dimension) => string,
): Promise<void> {
  const query: Query = (sql) => connection.stream(sql)
  const block = await readBlock(query)
  const dictionaries = new Map<Dimension, Dictionary>()
  for (const dimension of dimensions) {
    const part = partOf(dimension)
    const value = isListed(dimension) ? `unnest(${sqlOf(dimension)})` : sqlOf(dimension)
    const number = place(part === 'lists' ? 'list' : 'visit')
    const { count } = block.parts[part]
    dictionaries.set(dimension, await readDictionary(query, { value, number, table: `day_${part}`, count }, dimension))
  }
  await writeBlockFile(folder, block, dictionaries)
}

async function readBlock(query: Query): Promise<FactBlock> {
  const late = `CASE WHEN arrived > "time"::DATE THEN ${countsOfKind[kindCounts.indexOf('events')]} ELSE 0 END`
  const hour = `(epoch_ms("time") // 3600000)::INTEGER`
  const [rows = 0, firstHour = 0, hours = 0, lists = 0, visits = 0] = await oneRow(
    query,
    `SELECT count(*)::INTEGER, coalesce(min(${hour}), 0), coalesce(max(${hour}) - min(${hour}) + 1, 0),
       coalesce(max(${place('list')}) + 1, 0), coalesce(max(${place('visit')}) + 1, 0) FROM day_facts`,
  )
  const all = [...countsOfKind, late].map((sql, i) => `${sql} AS count${i}`)
  const names = all.map((_, i) => `count${i}`).join(', ')
  const [kindCount = 0] = await oneRow(
    query,
    `SELECT count(*)::INTEGER FROM (SELECT DISTINCT ${all.join(', ')} FROM day_facts)`,
  )
  if (kindCount > mostKinds) throw new Error('facts of a day differ too much from each other')
  const kindsSql = `(SELECT (row_number() OVER (ORDER BY ${names}) - 1)::INTEGER AS kind, * FROM (SELECT DISTINCT ${all.join(', ')} FROM day_facts))`
  const kindTable = new Int32Array(kindCount * kindWidth)
  await eachColumns(query, `SELECT * FROM ${kindsSql}`, ([kind, ...columns], length) => {
    for (let i = 0; i < length; i++)
      for (const [j, column] of columns.entries())
        kindTable[(kind?.[i] as number) * kindWidth + j] = (column[i] as number) ?? 0
  })

  const grouping = [new Grouping(rows, hours), new Grouping(rows, lists), new Grouping(rows, visits)]
  const [who, visitMs, engagedMs] = [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)]
  const hashes: number[] = []
  let row = 0
  await eachColumns(
    query,
    `SELECT coalesce(visitor, 0), (visitor IS NOT NULL)::INTEGER, coalesce(visit_ms, 0), coalesce(engaged_ms, 0), kind,
       ${hour} - ${firstHour}, ${place('list')}, ${place('visit')}
     FROM (SELECT *, ${all.join(', ')} FROM day_facts) JOIN ${kindsSql} USING (${names})
     ORDER BY visitor, ${hour}, list, visit`,
    (columns, length) => {
      const [visitor, isTold, ofVisit, ofEngagement, kind, ...numbers] = columns as [
        ...[Int32Array, Int32Array, Int32Array, Int32Array, Int32Array],
        ...Int32Array[],
      ]
      for (let i = 0; i < length; i++, row++) {
        if (isTold[i] === 0) who[row] = -1
        else {
          if (hashes.length === 0 || hashes[hashes.length - 1] !== visitor[i]) hashes.push(visitor[i] as number)
          who[row] = hashes.length - 1
        }
        visitMs[row] = ofVisit[i] as number
        engagedMs[row] = ofEngagement[i] as number
        for (const [j, each] of grouping.entries()) each.add(row, numbers[j]?.[i] as number, kind[i] as number)
      }
    },
  )
  const [ofHours, ofLists, ofVisits] = grouping.map((each) => each.part()) as [FactGroups, FactGroups, FactGroups]
  const parts = { hours: ofHours, lists: ofLists, visits: ofVisits }
  return { rows, firstHour, parts, who, hashes: Int32Array.from(hashes), visitMs, engagedMs, kindTable }
}

/** Numbers groups in the order in which they come. */
class Grouping {
  readonly #count: number
  readonly #groups: Int32Array
  readonly #byName = new Map<number, number>()
  readonly #numbers: number[] = []
  readonly #kinds: number[] = []

  constructor(rows: number, count: number) {
    this.#groups = new Int32Array(rows)
    this.#count = count
  }

  add(row: number, number: number, kind: number): void {
    const name = number * mostKinds + kind
    let group = this.#byName.get(name)
    if (group === undefined) {
      group = this.#numbers.push(number) - 1
      this.#kinds.push(kind)
      this.#byName.set(name, group)
    }
    this.#groups[row] = group
  }

  part(): FactGroups {
    const [numbers, kinds] = [Int32Array.from(this.#numbers), Int32Array.from(this.#kinds)]
    return { groups: this.#groups, numbers, kinds, count: this.#count }
  }
}

async function readDictionary(
  query: Query,
  { value, number, table, count }: { value: string; number: string; table: string; count: number },
  dimension: Dimension,
): Promise<Dictionary> {
  const valued = `(SELECT * FROM (SELECT ${value} AS value, ${number} AS number FROM ${table}) WHERE value IS NOT NULL)`
  const values: string[] = []
  const result = await query(`SELECT DISTINCT value FROM ${valued} ORDER BY value`)
  for await (const rows of result.yieldRows()) for (const [each] of rows) values.push(String(each))
  const found: [number, number][] = []
  await eachColumns(
    query,
    `SELECT number, code FROM ${valued} JOIN (SELECT value, (row_number() OVER (ORDER BY value) - 1)::INTEGER AS code
       FROM (SELECT DISTINCT value FROM ${valued})) USING (value) ORDER BY number, code`,
    ([numbers, codes], length) => {
      for (let i = 0; i < length; i++) found.push([numbers?.[i] as number, codes?.[i] as number])
    },
  )
  if (!isListed(dimension)) {
    const codes = new Int32Array(count).fill(-1)
    for (const [at, code] of found) codes[at] = code
    return { values, codes, starts: undefined }
  }
  const starts = new Int32Array(count + 1)
  for (const [at] of found) starts[at + 1] = (starts[at + 1] as number) + 1
  for (let at = 0; at < count; at++) starts[at + 1] = (starts[at + 1] as number) + (starts[at] as number)
  return { values, codes: Int32Array.from(found, ([, code]) => code), starts }
}

async function oneRow(query: Query, sql: string): Promise<number[]> {
  const row: number[] = []
  await eachColumns(query, sql, (columns) => {
    for (const column of columns) row.push(column[0] as number)
  })
  return row
}

/** @param sql names INTEGER columns without nulls */
async function eachColumns(
  query: Query,
  sql: string,
  take: (columns: readonly Int32Array[], length: number) => void,
): Promise<void> {
  const result = await query(sql)
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const columns = Array.from({ length: result.columnCount }, (_, i) => {
      // Its own way to an item looks with BigInts whether it is null, which takes most of the time that a chunk takes.
      const { items } = chunk.getColumnVector(i) as unknown as { items: unknown }
      if (!(items instanceof Int32Array)) throw new TypeError(`column ${i} has no INTEGER items: ${sql}`)
      return items
    })
    take(columns, chunk.rowCount)
  }
}
