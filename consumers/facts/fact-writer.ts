/**
 * Deltas of the fold as rows of facts. They are gathered in a DuckDB of its own, with numbers in place of the lists of
 * values that they share, and go to Parquet by the day, with numbers of the day, and to a file of columns (block-writer.ts).
 */
import { mkdir } from 'node:fs/promises'
import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  INTEGER,
} from '@duckdb/node-api'
import type { Delta } from '../aggregator/delta.ts'
import type { DimensionValue, SharedValues, Values } from '../aggregator/dimension-value.ts'
import { counts } from '../aggregator/shapes/cell.ts'
import type { Dimension } from '../aggregator/shapes/dimensions.ts'
import { writeBlock } from './block-writer.ts'
import { countColumn, dimensionsOf, isListed, numbersOfDay, pathOf, visitId } from './shapes/fact-columns.ts'

/** Of a chunk that DuckDB takes. */
const chunkRows = 2048
/** Beyond it DuckDB writes to its folder. */
const memoryLimit = '256MB'
const dayMs = 86_400_000

const ofVisit = dimensionsOf('visits')
const ofEvent = dimensionsOf('lists')
const nothing: Values = []

/** `list`: what the change names itself; `visit`: what it shares with others of its visit. */
const columns: readonly (readonly [name: string, type: DuckDBType])[] = [
  ['time', DOUBLE],
  ['arrived', INTEGER],
  ['visitor', INTEGER],
  ['list', INTEGER],
  ['visit', INTEGER],
  ['began', DOUBLE],
  ['began_by', INTEGER],
  ...counts.map((count) => [countColumn(count), INTEGER] as const),
]

const types = columns.map(([, type]) => type)

/** Lists of values by number, each once. */
class Numbered {
  readonly #appender: DuckDBAppender
  readonly #dimensions: readonly Dimension[]
  readonly #byText = new Map<string, number>()

  constructor(appender: DuckDBAppender, of: readonly Dimension[]) {
    this.#appender = appender
    this.#dimensions = of
  }

  numberOf(values: Values): number {
    const text = JSON.stringify(values.map(({ dimension, value }) => [dimension, value]))
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const number = this.#byText.size + 1
    this.#byText.set(text, number)
    this.#append(number, values)
    return number
  }

  #append(number: number, values: Values): void {
    const by = Map.groupBy(values, ({ dimension }) => dimension)
    this.#appender.appendInteger(number)
    for (const dimension of this.#dimensions) {
      const found = by.get(dimension) ?? []
      by.delete(dimension)
      if (isListed(dimension)) {
        // As a text: appending a list of texts takes a type for it each time.
        if (found.length === 0) this.#appender.appendNull()
        else this.#appender.appendVarchar(JSON.stringify(found.map(({ value }) => value)))
      } else if (found.length === 0) this.#appender.appendNull()
      else this.#appender.appendVarchar(theOnly(found).value)
    }
    const [other] = by.keys()
    if (other !== undefined) throw new Error(`facts have no place for ${other} here`)
    this.#appender.endRow()
  }

  flush(): void {
    this.#appender.flushSync()
  }
}

function theOnly(values: readonly DimensionValue[]): DimensionValue {
  const [first, second] = values as [DimensionValue, DimensionValue?]
  if (second) throw new Error(`one change has two values of ${first.dimension}, and facts have one place`)
  return first
}

export class FactWriter {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #facts: DuckDBAppender
  readonly #lists: Numbered
  readonly #visits: Numbered
  /** What lists are known by: most are made once, and shared. */
  readonly #listNumbers = new WeakMap<Values, number>()
  readonly #visitNumbers = new WeakMap<SharedValues, number>()
  readonly #waiting: (number | null)[][] = columns.map(() => [])

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    appenders: Record<'facts' | 'lists' | 'visits', DuckDBAppender>,
  ) {
    this.#instance = instance
    this.#connection = connection
    this.#facts = appenders.facts
    this.#lists = new Numbered(appenders.lists, ofEvent)
    this.#visits = new Numbered(appenders.visits, ofVisit)
  }

  /** @param folder for what does not fit into memory */
  static async open(folder: string): Promise<FactWriter> {
    const instance = await DuckDBInstance.create(':memory:', { memory_limit: memoryLimit, temp_directory: folder })
    const connection = await instance.connect()
    const texts = (of: readonly Dimension[]) => of.map((dimension) => `"${dimension}" VARCHAR`).join(', ')
    await connection.run(`CREATE TABLE facts (${columns.map(([name, type]) => `"${name}" ${type}`).join(', ')})`)
    await connection.run(`CREATE TABLE lists (number INTEGER, ${texts(ofEvent)})`)
    await connection.run(`CREATE TABLE visits (number INTEGER, ${texts(ofVisit)})`)
    return new FactWriter(instance, connection, {
      facts: await connection.createAppender('facts'),
      lists: await connection.createAppender('lists'),
      visits: await connection.createAppender('visits'),
    })
  }

  add(delta: Delta): void {
    const { at, received, visitor = null, add, visit } = delta
    const row = [
      at,
      Math.floor(received / dayMs),
      visitor,
      this.#listOf(delta),
      this.#visitOf(delta.shared),
      visit?.startedAt ?? null,
      visit?.startedBy ?? null,
      ...counts.map((count) => add[count] || null),
    ]
    for (const [i, value] of row.entries()) this.#waiting[i]?.push(value)
    if (this.#waiting[0]?.length === chunkRows) this.#flush()
  }

  /**
   * Writes what arrived on a UTC day. To be called when there is nothing more to add.
   *
   * Changes of the same time, visitor, visit and values become one row, with their sum: a visit that is longer with every event,
   * or ends on another page each time, is not told by each step. What comes to nothing goes. LZ4 takes a quarter more
   * than zstd, and questions half of the processor's time.
   *
   * @param folder that is not there yet
   */
  async write(day: number, folder: string): Promise<void> {
    this.#flush()
    this.#facts.flushSync()
    this.#lists.flush()
    this.#visits.flush()
    await mkdir(folder)
    const arrived = day / dayMs
    const ofDay = `FROM facts WHERE arrived = ${arrived}`
    // In the order of pages: alike are then next to each other.
    await this.#run(`CREATE OR REPLACE TABLE day_lists AS
      SELECT lists.*, ${arrived * numbersOfDay} + row_number() OVER (ORDER BY page, event, number) AS list
      FROM lists WHERE number IN (SELECT list ${ofDay})`)
    await this.#run(`CREATE OR REPLACE TABLE day_visits AS
      SELECT visits.*, ${arrived * numbersOfDay} + row_number() OVER (ORDER BY number) AS visit
      FROM visits WHERE number IN (SELECT visit ${ofDay})`)
    const sums = counts.map((count) => `nullif(sum(${countColumn(count)}), 0)::INTEGER AS ${countColumn(count)}`)
    const isSomething = counts.map((count) => `sum(${countColumn(count)}) <> 0`).join(' OR ')
    await this.#run(
      `CREATE OR REPLACE TABLE day_facts AS SELECT make_timestamp_ms(time::BIGINT) AS time, DATE '1970-01-01' + arrived AS arrived, visitor,
         day_lists.list::BIGINT AS list, day_visits.visit::BIGINT AS visit, ${visitId('began', 'began_by')} AS visit_id,
         ${sums.join(', ')}
       FROM facts JOIN day_lists ON day_lists.number = facts.list JOIN day_visits ON day_visits.number = facts.visit
       WHERE arrived = ${arrived} GROUP BY facts.time, facts.arrived, visitor, day_lists.list, day_visits.visit, began, began_by
       HAVING visitor IS NOT NULL OR ${isSomething}`,
    )
    await this.#copy('SELECT * FROM day_facts ORDER BY list, time', pathOf(folder, 'facts'))
    const value = (dimension: Dimension) => (isListed(dimension) ? `"${dimension}"::JSON::VARCHAR[]` : `"${dimension}"`)
    const valueAs = (dimension: Dimension) => `${value(dimension)} AS "${dimension}"`
    const listed = (name: string, of: readonly Dimension[]) =>
      `SELECT ${name}::BIGINT AS ${name}, ${of.map(valueAs).join(', ')} FROM day_${name}s ORDER BY ${name}`
    await this.#copy(listed('list', ofEvent), pathOf(folder, 'lists'))
    await this.#copy(listed('visit', ofVisit), pathOf(folder, 'visits'))
    await writeBlock(this.#connection, folder, value)
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }

  #listOf({ values, beside }: Delta): number {
    if (beside.length > 0) return this.#lists.numberOf([...values, ...beside])
    const known = this.#listNumbers.get(values)
    if (known !== undefined) return known
    const number = this.#lists.numberOf(values)
    this.#listNumbers.set(values, number)
    return number
  }

  #visitOf(shared: SharedValues | undefined): number {
    if (!shared) return this.#visits.numberOf(nothing)
    const known = this.#visitNumbers.get(shared)
    if (known !== undefined) return known
    const number = this.#visits.numberOf(shared.lists.flat())
    this.#visitNumbers.set(shared, number)
    return number
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql)
  }

  async #copy(sql: string, file: string): Promise<void> {
    await this.#run(`COPY (${sql}) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION lz4_raw)`)
  }

  #flush(): void {
    const rows = this.#waiting[0]?.length ?? 0
    if (rows === 0) return
    const chunk = DuckDBDataChunk.create(types, rows)
    for (const [i, values] of this.#waiting.entries()) {
      chunk.setColumnValues(i, values)
      values.length = 0
    }
    this.#facts.appendDataChunk(chunk)
  }
}
