/** Where an event is: in the archive, in the stream, in the overflow, in the quarantine. */

import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import { type DecodedRecord, decodeRecord } from '../../stream/record.ts'
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { ArrivalRange } from '../archiver/read-archive.ts'
import type { Positions } from '../runtime/positions.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { type ArchivedEvent, findRows, type TraceStores } from './archived-rows.ts'

/** An event is (page load, n) of a site. */
export type EventName = { load: string; n: number; site: string | undefined }

/** An event in a record that is not archived (yet). */
export type UnarchivedCopy = { record: DecodedRecord; delivery: Delivery; event: TrackedEvent }
export type StreamCopy = UnarchivedCopy & { shardId: string; sequence: SequenceNumber }
export type ObjectCopy = UnarchivedCopy & { object: string }

/** All copies in the archive, in stream order. */
export function findInArchive(stores: TraceStores, name: EventName, range: ArrivalRange): Promise<ArchivedEvent[]> {
  const { load, n, site } = name
  return findRows(stores, range, (row) => row.load === load && row.n === n && (site === undefined || row.site === site))
}

/** Copies in the stream that the archiver has not reached. */
export async function findInStream(
  { clients, settings }: TraceStores,
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
export async function findInObjects({ objects }: TraceStores, name: EventName, prefix: string): Promise<ObjectCopy[]> {
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
