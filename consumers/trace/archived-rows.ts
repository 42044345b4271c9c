/** Some rows of the archive, whole, and where they are. Held is one object at a time. */
import { NoSuchKey } from '@aws-sdk/client-s3'
import { compareSequence } from '../../stream/sequence.ts'
import { createManifest } from '../archiver/manifest.ts'
import { columnsOnly, fromParquet } from '../archiver/parquet.ts'
import { type ArrivalRange, listArchive } from '../archiver/read-archive.ts'
import type { ArchiveRow } from '../archiver/rows.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'

/** What a trace reads: a part of every consumer's environment. */
export type TraceStores = Pick<ConsumerEnvironment, 'clients' | 'table' | 'objects'> & {
  settings: Pick<ConsumerEnvironment['settings'], 'RETRACE_STREAM'>
  /** Ends the reading between two objects, for who does not wait for long. */
  signal?: AbortSignal
}

export type ArchivedEvent = ArchiveRow & {
  object: string
  /** Row of the object, from 0. */
  row: number
}

/** Of a row, as far as it decides whether it is wanted. */
export type RowName = { site: unknown; load: unknown; n: unknown; visitor: unknown }

/** @returns in stream order, shards one after the other as far as their sequence numbers go */
export async function findRows(
  { clients, table, objects, signal }: TraceStores,
  range: ArrivalRange,
  isWanted: (row: RowName) => boolean,
): Promise<ArchivedEvent[]> {
  const found: ArchivedEvent[] = []
  for (const { key } of await listArchive(createManifest(clients.dynamo, table('archive')), range)) {
    signal?.throwIfAborted()
    const body = await objects.get(key).catch((error: unknown) => {
      // Merged into another since it was listed: a trace that comes later finds it there.
      if (error instanceof NoSuchKey) return undefined
      throw error
    })
    if (!body) continue
    const wanted = await wantedRows(body, isWanted)
    if (wanted.size === 0) continue
    let row = 0
    for await (const portion of fromParquet(body))
      for (const each of portion) {
        if (wanted.has(row)) found.push({ ...each, object: key, row })
        row += 1
      }
  }
  return found
    .filter(({ delivery: { received } }) => received >= range.from && received < range.to)
    .sort((a, b) => compareSequence(a.sequence, b.sequence) || a.index - b.index)
}

async function wantedRows(body: Uint8Array, isWanted: (row: RowName) => boolean): Promise<Set<number>> {
  const wanted = new Set<number>()
  let row = 0
  for await (const portion of columnsOnly(body, ['site', 'load', 'n', 'visitor']))
    for (const each of portion) {
      if (isWanted(each)) wanted.add(row)
      row += 1
    }
  return wanted
}
