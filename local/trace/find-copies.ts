/** Where an event is: in the archive, in the stream, in the overflow, in the quarantine. */

import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import { type DecodedRecord, decodeRecord } from '../../stream/record.ts'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { openArchiveTable } from '../archive-table.ts'
import type { Positions } from '../reconcile/positions.ts'
import { type ArchivedEvent, type ArchivedRow, toArchivedEvent } from './archived-event.ts'

/** An event is (page load, n) of a site. */
export type EventName = { load: string; n: number; site: string | undefined }

/** An event in a record that is not archived (yet). */
export type UnarchivedCopy = { record: DecodedRecord; delivery: Delivery; event: TrackedEvent }
export type StreamCopy = UnarchivedCopy & { shardId: string; sequence: SequenceNumber }
export type ObjectCopy = UnarchivedCopy & { object: string }

/** All copies in the archive, in stream order. */
export async function findInArchive(
  environment: ConsumerEnvironment,
  name: EventName,
  range: ArrivalRange,
): Promise<ArchivedEvent[]> {
  const table = await openArchiveTable(environment, range, {
    where: `load = $load AND n = $n::INTEGER ${name.site === undefined ? '' : 'AND site = $site'}`,
    parameters: { load: name.load, n: String(name.n), ...(name.site !== undefined && { site: name.site }) },
  })
  try {
    return (await table.ask<ArchivedRow>('SELECT * FROM events ORDER BY place, "index"')).map(toArchivedEvent)
  } finally {
    await table.close()
  }
}

/** Copies in the stream that the archiver has not reached. */
export async function findInStream(
  { clients, settings }: ConsumerEnvironment,
  name: EventName,
  archived: Positions,
): Promise<StreamCopy[]> {
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)
  const found: StreamCopy[] = []
  for (const { shardId } of await reader.listShards()) {
    const cursor = reader.open(shardId, archived.get(shardId))
    while (true) {
      const { records, ended, millisBehind } = await cursor.read(recordsAtOnce)
      for (const { sequenceNumber: sequence, data } of records)
        found.push(...copiesIn(data, name).map((copy) => ({ ...copy, shardId, sequence })))
      if (ended || (records.length === 0 && millisBehind === 0)) break
    }
  }
  return found
}

/** Copies in records that lie under a prefix of the bucket: `overflow/` or `quarantine/`. */
export async function findInObjects(
  { objects }: ConsumerEnvironment,
  name: EventName,
  prefix: string,
): Promise<ObjectCopy[]> {
  const found: ObjectCopy[] = []
  for (const object of await objects.list(prefix))
    found.push(...copiesIn(await objects.get(object), name).map((copy) => ({ ...copy, object })))
  return found
}

/** A record has up to 1 MiB, and not every compatible server cuts its answer at 10 MiB as AWS does. */
const recordsAtOnce = 500

function copiesIn(data: Uint8Array, { load, n, site }: EventName): UnarchivedCopy[] {
  const record = decodeRecord(data)
  if (!record.ok) return []
  return record.deliveries.flatMap((delivery) =>
    delivery.events
      .filter((event) => event.load === load && event.n === n && (site === undefined || delivery.site === site))
      .map((event) => ({ record, delivery, event })),
  )
}
