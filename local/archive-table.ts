/**
 * The archive of a range of arrival times as a DuckDB table, so that questions to it are SQL. Objects come through S3's
 * own API, hour by hour, into a temporary folder: no more than an hour of them lies on the disk at a time.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { inParallel } from '../consumers/runtime/exactly-once.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'

/** Times of arrival at the endpoint, epoch milliseconds; `to` is not in it. */
export type ArrivalRange = { from: number; to: number }

export type ArchiveTable = {
  connection: DuckDBConnection
  /** Rows of a query, by its own type. */
  ask<Row>(sql: string): Promise<Row[]>
  close(): Promise<void>
}

type Stores = Pick<ConsumerEnvironment, 'clients' | 'objects' | 'settings'>

const hourMs = 3_600_000
const dayMs = 86_400_000
/** What does not fit goes to the temporary folder. */
const memoryLimit = '1GB'

/** All of a row that anybody here asks for; times in epoch milliseconds, `place` so that it compares as text. */
const columns = `
  site VARCHAR, type VARCHAR, load VARCHAR, n INTEGER, page_at BIGINT, sent_at BIGINT, received BIGINT, user_agent VARCHAR,
  visitor VARCHAR, previous_visitor VARCHAR, shard VARCHAR, place VARCHAR, "index" INTEGER,
  producer VARCHAR, producer_sequence BIGINT, object VARCHAR, object_row BIGINT`

/** Sequence numbers have up to 56 digits. */
export const placeDigits = 60
export const placeOf = (sequence: string) => sequence.padStart(placeDigits, '0')

/** The table `events`: what arrived in the range and is archived. */
export async function openArchiveTable(stores: Stores, range: ArrivalRange): Promise<ArchiveTable> {
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
    await connection.run(`CREATE TABLE events (${columns})`)
    for (const keys of await listArchive(stores.clients.s3, stores.settings.RETRACE_BUCKET, range))
      await loadObjects(connection, stores, folder, keys, range)
    return table
  } catch (error) {
    await table.close()
    throw error
  }
}

/** Keys of the objects that hold the range, those of an hour and so of a folder together. */
async function listArchive(client: S3Client, bucket: string, { from, to }: ArrivalRange): Promise<string[][]> {
  const hours = new Map<string, string[]>()
  for (let day = from - (from % dayMs); day < to; day += dayMs) {
    const folder = `archive/dt=${new Date(day).toISOString().slice(0, 10)}/`
    for (const key of await listObjects(client, bucket, folder)) {
      const hour = day + Number(/hour=(\d\d)\//.exec(key)?.[1]) * hourMs
      if (hour + hourMs <= from || hour >= to || !key.endsWith('.parquet')) continue
      hours.set(String(hour), [...(hours.get(String(hour)) ?? []), key])
    }
  }
  return [...hours.values()]
}

export async function listObjects(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let next: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(next && { ContinuationToken: next }) }),
    )
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
    next = page.NextContinuationToken
  } while (next)
  return keys
}

async function loadObjects(
  connection: DuckDBConnection,
  { objects }: Stores,
  folder: string,
  keys: readonly string[],
  { from, to }: ArrivalRange,
): Promise<void> {
  const hourFolder = join(folder, 'hour')
  await mkdir(hourFolder)
  const files = new Map(keys.map((key) => [join(hourFolder, basename(key)), key]))
  await inParallel(files, async ([file, key]) => writeFile(file, await objects.get(key)))
  const list = [...files.keys()].map((file) => `'${file.replaceAll("'", "''")}'`)
  await connection.run(
    `INSERT INTO events SELECT
       site, type, load, n, epoch_ms(event_at), epoch_ms(sent_at), epoch_ms(received), user_agent,
       visitor, previous_visitor, shard, lpad(sequence, ${placeDigits}, '0'), "index",
       producer, producer_sequence, $folder || '/' || parse_filename(filename), file_row_number
     FROM read_parquet([${list.join(', ')}],
       filename = true, file_row_number = true, union_by_name = true, hive_partitioning = false)
     WHERE epoch_ms(received) >= ${from} AND epoch_ms(received) < ${to}`,
    { folder: dirname(keys[0] as string) },
  )
  await rm(hourFolder, { recursive: true })
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
