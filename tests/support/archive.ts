/** Traffic that is archived, and the archive as it is read back. */
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect } from 'vitest'
import { createArchiver } from '../../consumers/archiver/archiver.ts'
import { parquetStores } from '../../consumers/archiver/compose.ts'
import { fromParquet } from '../../consumers/archiver/parquet.ts'
import { createParquetSink, type ShardSink } from '../../consumers/archiver/parquet-sink.ts'
import { listArchive, readArchive } from '../../consumers/archiver/read-archive.ts'
import type { ArchiveRow } from '../../consumers/archiver/rows.ts'
import type { CompactorOptions } from '../../consumers/compactor/compactor.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { noon } from './events.ts'
import { failing } from './failing.ts'
import { listObjects, traffic } from './stream.ts'

export const hourMs = 3_600_000
/** More than two hours of arrivals, all of one day. */
export const deliveries = traffic(400)
export const everything = { from: noon, to: noon + 24 * hourMs }
export const day = '2026-03-10'
export const expected = deliveries.flatMap(({ events, ...delivery }) => events.map((event) => ({ delivery, event })))

/** Both steps of a sink. */
export async function store(sink: ShardSink, rows: readonly ArchiveRow[]): Promise<void> {
  const write = await sink(rows)
  await write()
}

/** All rows of the archive as it is read back, without their places. */
export async function readEvents(environment: ConsumerEnvironment, range = everything) {
  const rows: ArchiveRow[] = []
  for await (const portion of readArchive(parquetStores(environment), range)) rows.push(...portion)
  return rows.map(({ delivery, event }) => ({ delivery, event }))
}

/** That each event lies in one of the named objects, once, and comes back in stream order. */
export async function expectEveryEventOnce(environment: ConsumerEnvironment): Promise<void> {
  const places: string[] = []
  for (const { key, rows } of await listArchive(parquetStores(environment).manifest, everything)) {
    const before = places.length
    for await (const portion of fromParquet(await environment.objects.get(key)))
      places.push(...portion.map(({ shardId, sequence, index }) => `${shardId} ${sequence} ${index}`))
    expect(places.length - before).toBe(rows)
  }
  expect(places).toHaveLength(expected.length)
  expect(new Set(places).size).toBe(expected.length)
  expect(await readEvents(environment)).toEqual(expected)
}

/** All rows of all objects under `archive/`, as somebody reads them who knows nothing of a manifest. */
export async function readFolder(environment: ConsumerEnvironment, name: string) {
  const rows: Record<string, unknown>[] = []
  for (const key of await listObjects(name, 'archive/')) {
    const file = new Uint8Array(await environment.objects.get(key)).buffer
    rows.push(...(await parquetReadObjects({ file, compressors })))
  }
  return rows
}

export const places = (rows: Record<string, unknown>[]) =>
  rows.map(({ shard, sequence, index }) => `${shard} ${sequence} ${index}`)

export function archiverThatFails(environment: ConsumerEnvironment, chance: number, random: () => number) {
  const { objects, manifest, now } = parquetStores(environment)
  return createArchiver({
    ...environment,
    checkpoints: failing(environment.checkpoints, chance, random),
    sinks: [
      createParquetSink({
        objects: failing(objects, chance, random),
        manifest: failing(manifest, chance, random),
        now,
      }),
    ],
  })
}

/** The compactor waits for nothing. */
export const atOnce: CompactorOptions = { settleMs: 0, graceMs: 0, mostRows: 1_000_000, mostObjects: 500 }
