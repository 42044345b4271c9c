/** An archive in a folder: objects are files, and the manifest is one, so that threads can read it as they would S3. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest, ShardHour } from '../../consumers/archiver/manifest.ts'
import { createParquetSink } from '../../consumers/archiver/parquet-sink.ts'
import { toRows } from '../../consumers/archiver/rows.ts'
import type { ArchiveStores } from '../../consumers/replay/sources/archive-source.ts'
import type { Objects } from '../../consumers/runtime/objects.ts'
import type { DecodedStreamRecord } from '../../consumers/runtime/records.ts'

const manifestFile = 'manifest.json'

/** @param parts in memory; the file holds what was there when it was written */
function manifestOf(parts: Map<string, ShardHour>): Manifest {
  const empty = { revision: 0, objects: [], replaced: [], appendedAt: 0 }
  return {
    find: async (hour, shardId) => parts.get(`${hour} ${shardId}`) ?? { hour, shardId, ...empty },
    listDay: async (day) => [...parts.values()].filter(({ hour }) => hour.startsWith(day)),
    async replace(next) {
      parts.set(`${next.hour} ${next.shardId}`, next)
      return true
    },
  }
}

function objectsIn(folder: string): Objects {
  const fileOf = (key: string) => join(folder, key.replaceAll('/', '_'))
  return {
    put: (key, body) => writeFile(fileOf(key), body),
    get: (key) => readFile(fileOf(key)),
    delete: () => Promise.reject(new Error('nothing is deleted here')),
    list: async () => [],
  }
}

/** Writes the archive of one shard as the archiver would, `recordsPerObject` in each object. */
export async function writeArchive(
  folder: string,
  shards: ReadonlyMap<string, readonly DecodedStreamRecord[]>,
  recordsPerObject: number,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const parts = new Map<string, ShardHour>()
  const sink = createParquetSink({ objects: objectsIn(folder), manifest: manifestOf(parts), now: () => 0 })
  for (const [shardId, records] of shards) {
    const prepare = sink.open(shardId)
    for (let from = 0; from < records.length; from += recordsPerObject) {
      const write = await prepare(toRows(shardId, records.slice(from, from + recordsPerObject)))
      await write()
    }
  }
  await writeFile(join(folder, manifestFile), JSON.stringify([...parts]))
}

/** Whether it is whole is not asked: there is no ledger. */
export async function openArchive(folder: string): Promise<ArchiveStores> {
  const parts = new Map(JSON.parse(await readFile(join(folder, manifestFile), 'utf8')) as [string, ShardHour][])
  return { manifest: manifestOf(parts), objects: objectsIn(folder), counts: async () => [], listShards: async () => [] }
}
