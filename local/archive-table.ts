/**
 * The archive of a range of arrival times as a DuckDB table, so that questions to it are SQL. Objects come through S3's
 * own API, hour by hour, into a temporary folder: no more than an hour of them lies on the disk at a time.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { NoSuchKey } from '@aws-sdk/client-s3'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { parquetStores } from '../consumers/archiver/compose.ts'
import { toParquet } from '../consumers/archiver/parquet.ts'
import { type ArrivalRange, listArchive } from '../consumers/archiver/read-archive.ts'
import { inParallel } from '../consumers/runtime/exactly-once.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'

export type ArchiveTable = {
  connection: DuckDBConnection
  /** Rows of a query, by its own type. */
  ask<Row>(sql: string): Promise<Row[]>
  close(): Promise<void>
}

/** What does not fit goes to the temporary folder. */
const memoryLimit = '1GB'

/** Columns of `events`: name, type, and what of an archived row they are. */
type Columns = readonly (readonly [name: string, type: string, expression: string])[]

/** Sequence numbers have up to 56 digits. */
const placeDigits = 60
export const placeOf = (sequence: string) => sequence.padStart(placeDigits, '0')

/** Times are epoch milliseconds; `place` is the sequence number so that it compares as text. */
const usualColumns: Columns = [
  ['site', 'VARCHAR', 'site'],
  ['type', 'VARCHAR', 'type'],
  ['load', 'VARCHAR', 'load'],
  ['n', 'INTEGER', 'n'],
  ['page_at', 'BIGINT', 'epoch_ms(event_at)'],
  ['sent_at', 'BIGINT', 'epoch_ms(sent_at)'],
  ['received', 'BIGINT', 'epoch_ms(received)'],
  ['user_agent', 'VARCHAR', 'user_agent'],
  ['visitor', 'VARCHAR', 'visitor'],
  ['tag', 'VARCHAR', 'tag'],
  ['network', 'VARCHAR', 'network'],
  // Addresses were made by URL: their hosts are in lower case.
  ['host', 'VARCHAR', `regexp_extract(url, '^https?://([^/:?#]+)', 1)`],
  ['shard', 'VARCHAR', 'shard'],
  ['place', 'VARCHAR', `lpad(sequence, ${placeDigits}, '0')`],
  ['index', 'INTEGER', '"index"'],
  ['producer', 'VARCHAR', 'producer'],
  ['producer_sequence', 'BIGINT', 'producer_sequence'],
]
/** For who needs the event itself: the whole row as JSON, and where in the archive it is. */
const wholeRow: Columns = [
  ['object', 'VARCHAR', `$folder || '/' || parse_filename(filename)`],
  ['object_row', 'BIGINT', 'file_row_number'],
  ['json', 'VARCHAR', 'to_json(objects)::VARCHAR'],
]

/** Some of the rows, whole. */
export type Selection = { where: string; parameters: Record<string, string> }

/**
 * The table `events`: what arrived in the range and is archived.
 *
 * @param selection without it, all rows, by what is needed to count them
 */
export async function openArchiveTable(
  stores: ConsumerEnvironment,
  range: ArrivalRange,
  selection?: Selection,
): Promise<ArchiveTable> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-archive-'))
  const instance = await DuckDBInstance.create(join(folder, 'archive.duckdb'), { memory_limit: memoryLimit })
  const connection = await instance.connect()
  const table: ArchiveTable = {
    connection,
    async ask<Row>(sql: string) {
      return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Row[]
    },
    async close() {
      connection.closeSync()
      instance.closeSync()
      await rm(folder, { recursive: true })
    },
  }
  try {
    const columns = selection ? [...usualColumns, ...wholeRow] : usualColumns
    await connection.run(`CREATE TABLE events (${columns.map(([name, type]) => `"${name}" ${type}`).join(', ')})`)
    const schema = join(folder, 'schema.parquet')
    await writeFile(schema, toParquet([]))
    const load: Load = { connection, objects: stores.objects, folder, schema, range, columns, selection }
    const listed = await listArchive(parquetStores(stores).manifest, range)
    for (const ofHour of Map.groupBy(listed, ({ hour }) => hour).values())
      await loadObjects(
        load,
        ofHour.map(({ key }) => key),
      )
    return table
  } catch (error) {
    await table.close()
    throw error
  }
}

type Load = Pick<ConsumerEnvironment, 'objects'> & {
  connection: DuckDBConnection
  folder: string
  /** A file of no rows with every column: objects may all be older than one of them. */
  schema: string
  range: ArrivalRange
  columns: Columns
  selection: Selection | undefined
}

/** @param keys of one folder */
async function loadObjects(load: Load, keys: readonly string[]): Promise<void> {
  const { objects, folder } = load
  const hourFolder = join(folder, 'hour')
  await mkdir(hourFolder)
  const files = new Map(keys.map((key) => [join(hourFolder, basename(key)), key]))
  const written: string[] = []
  await inParallel(files, async ([file, key]) => {
    try {
      await writeFile(file, await objects.get(key))
      written.push(file)
    } catch (error) {
      // An object that is listed and gone: what it held is missing from every count made here.
      if (!(error instanceof NoSuchKey)) throw error
    }
  })
  if (written.length > 0) await loadFiles(load, dirname(keys[0] as string), written)
  await rm(hourFolder, { recursive: true })
}

async function loadFiles(
  { connection, schema, range, columns, selection }: Load,
  folder: string,
  files: readonly string[],
): Promise<void> {
  const list = [...files, schema].map((file) => `'${file.replaceAll("'", "''")}'`)
  await connection.run(
    `INSERT INTO events SELECT ${columns.map(([, , expression]) => expression).join(', ')}
     FROM read_parquet([${list.join(', ')}],
       filename = true, file_row_number = true, union_by_name = true, hive_partitioning = false) AS objects
     WHERE epoch_ms(received) >= ${range.from} AND epoch_ms(received) < ${range.to}
       ${selection ? `AND (${selection.where})` : ''}`,
    selection && { folder, ...selection.parameters },
  )
}

/** A table made of rows, all of them text or numbers. */
export async function createTable(
  { connection }: ArchiveTable,
  name: string,
  columnTypes: Record<string, 'VARCHAR' | 'BIGINT'>,
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const definitions = Object.entries(columnTypes).map(([column, type]) => `"${column}" ${type}`)
  await connection.run(`CREATE OR REPLACE TABLE ${name} (${definitions.join(', ')})`)
  const appender = await connection.createAppender(name)
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === 'string') appender.appendVarchar(value)
      else appender.appendBigInt(BigInt(value))
    }
    appender.endRow()
  }
  appender.closeSync()
}
