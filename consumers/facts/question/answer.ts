/** One question in SQL about the facts of a site: checked, asked, and its answer as cells or as a file. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult, type DuckDBValue } from '@duckdb/node-api'
import { toCsv } from '../shapes/csv-text.ts'
import { listTexts, pathsOf, selectFacts } from '../shapes/fact-columns.ts'
import {
  placeIn,
  QuestionError,
  type QuestionTask,
  type SqlCell,
  type SqlColumn,
  type SqlTable,
  tooLarge,
} from './question.ts'
import { checkStatement } from './statement.ts'

const tables = ['facts']
/** How exactly a time limit is kept. */
const interruptMs = 50

/**
 * @param onBegun is told when it is no question any more of what may be asked: from then on time counts
 * @throws QuestionError
 */
export async function answerQuestion(task: QuestionTask, onBegun: () => void): Promise<SqlTable> {
  const connection = await openDatabase(task)
  let isLate = false
  try {
    const statement = await checkStatement(connection, task.sql, tables)
    onBegun()
    const startedAt = performance.now()
    // An interruption that comes before the work has begun is lost: so again and again.
    const timer = setInterval(
      () => {
        isLate ||= performance.now() - startedAt >= task.limits.timeoutMs
        if (isLate) connection.interrupt()
      },
      Math.min(task.limits.timeoutMs, interruptMs),
    )
    try {
      const table = await run(connection, task, statement)
      // A stream that is interrupted ends as one that is read.
      if (isLate) throw tooSlow(task.limits.timeoutMs)
      return table
    } finally {
      clearInterval(timer)
    }
  } catch (error) {
    throw isLate ? tooSlow(task.limits.timeoutMs) : toQuestionError(error, task.sql)
  }
}

/** With nothing to be read but the files of the task, and nothing to be written but its path. */
async function openDatabase({ files, from, to, path, limits }: QuestionTask): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memoryMb}MB`,
    threads: String(limits.threads),
    max_temp_directory_size: '0KB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  const allowed = [...files.flatMap(pathsOf), ...(path === undefined ? [] : [path])]
  await connection.run(`SET allowed_paths = [${listTexts(allowed)}]`)
  await connection.run('SET enable_external_access = false')
  // With the place of a mistake.
  await connection.run('SET errors_as_json = true')
  await connection.run(
    `CREATE VIEW facts AS SELECT * FROM (${selectFacts(files)})
       WHERE "time" >= make_timestamp_ms(${Math.round(from)}) AND "time" < make_timestamp_ms(${Math.round(to)})`,
  )
  await connection.run('SET lock_configuration = true')
  return connection
}

function run(connection: DuckDBConnection, task: QuestionTask, statement: string): Promise<SqlTable> {
  if (task.format === 'parquet') return writeParquet(connection, task, statement)
  return task.format === 'csv' ? writeCsv(connection, task) : readRows(connection, task)
}

async function readRows(connection: DuckDBConnection, { sql, limits }: QuestionTask): Promise<SqlTable> {
  const result = await connection.stream(sql)
  const rows: SqlCell[][] = []
  let bytes = 0
  for await (const row of rowsOf(result)) {
    bytes += row.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0)
    if (rows.length === limits.maxRows || bytes > limits.maxBytes)
      return { columns: columnsOf(result), rows, rowCount: rows.length, isCut: true }
    rows.push(row)
  }
  return { columns: columnsOf(result), rows, rowCount: rows.length, isCut: false }
}

async function writeCsv(connection: DuckDBConnection, { sql, path = '', limits }: QuestionTask): Promise<SqlTable> {
  const result = await connection.stream(sql)
  const file = openSync(path, 'wx')
  try {
    let bytes = writeSync(file, toCsv([result.deduplicatedColumnNames()]))
    let rowCount = 0
    for await (const row of rowsOf(result)) {
      rowCount += 1
      bytes += writeSync(file, toCsv([row.map(toField)]))
      if (rowCount > limits.maxRows || bytes > limits.maxBytes) throw tooManyRows(limits)
    }
    return { columns: columnsOf(result), rows: [], rowCount, isCut: false }
  } finally {
    closeSync(file)
  }
}

async function writeParquet(
  connection: DuckDBConnection,
  { path = '', limits }: QuestionTask,
  statement: string,
): Promise<SqlTable> {
  const copied = await connection.runAndReadAll(
    `COPY (SELECT * FROM (${statement}) LIMIT ${limits.maxRows + 1}) TO ${listTexts([path])} (FORMAT parquet, USE_TMP_FILE false)`,
  )
  const rowCount = Number(copied.getRows()[0]?.[0])
  if (rowCount > limits.maxRows || statSync(path).size > limits.maxBytes) throw tooManyRows(limits)
  return { columns: [], rows: [], rowCount, isCut: false }
}

async function* rowsOf(result: DuckDBResult): AsyncGenerator<SqlCell[]> {
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    for (const row of chunk.getRows()) yield row.map(toCell)
}

function columnsOf(result: DuckDBResult): SqlColumn[] {
  const types = result.columnTypes()
  return result.deduplicatedColumnNames().map((name, i) => ({ name, type: String(types[i]) }))
}

function toCell(value: DuckDBValue): SqlCell {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
  return String(value)
}

/** Programs that read CSV end a text at NUL, which divides the parts of a value. */
function toField(cell: SqlCell): string | number | null {
  if (typeof cell === 'boolean') return String(cell)
  return typeof cell === 'string' ? cell.replaceAll('\u0000', ' · ') : cell
}

function tooSlow(timeoutMs: number): QuestionError {
  return new QuestionError(
    'too_slow',
    `This takes longer than ${timeoutMs / 1000} seconds: ask for fewer days, or less.`,
  )
}

function tooManyRows({ maxRows, maxBytes }: QuestionTask['limits']): QuestionError {
  const [rows, megabytes] = [maxRows.toLocaleString('en-US'), Math.floor(maxBytes / 1024 / 1024)]
  return new QuestionError('too_large', `A file may have ${rows} rows and ${megabytes} MiB: ask for less.`)
}

function toQuestionError(error: unknown, sql: string): QuestionError {
  if (error instanceof QuestionError) return error
  const { type, message, at } = readError(error)
  if (/^Out of Memory|bad.?alloc|Failed to allocate|Invalid string length|EFBIG/i.test(`${type} ${message}`))
    return new QuestionError('too_large', tooLarge)
  if (type === 'IO') return new QuestionError('no_files', 'Facts have just been made anew: ask again.')
  if (type === 'Permission') return new QuestionError('not_allowed', 'This is not to be had here.')
  return new QuestionError('bad_sql', message, at === undefined ? undefined : placeIn(sql, at))
}

/** DuckDB's, as JSON, sometimes after the kind of error: `Parser Error: {"exception_type": …}`. */
function readError(error: unknown): { type: string; message: string; at: number | undefined } {
  const text = error instanceof Error ? error.message : String(error)
  const json = text.slice(Math.max(0, text.indexOf('{"exception_type"')))
  try {
    const { exception_type, exception_message, position } = JSON.parse(json)
    return {
      type: exception_type,
      message: exception_message,
      at: position === undefined ? undefined : Number(position),
    }
  } catch {
    return { type: '', message: text, at: undefined }
  }
}
