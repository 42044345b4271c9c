/** The archive as a source of a replay, row by row as its reader gives them (archiver/read-archive.ts). */
import { isAfter } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import type { Manifest } from '../archiver/manifest.ts'
import { type ArrivalRange, listArchive, readArchive } from '../archiver/read-archive.ts'
import type { ArchiveRow } from '../archiver/rows.ts'
import type { Objects } from '../runtime/objects.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'
import type { ReplaySource } from './sources/source.ts'

export type ArchiveRowStores = {
  manifest: Manifest
  objects: Objects
  /** Shards that the stream still knows, for who came from whom. */
  listShards(): Promise<readonly Shard[]>
}

export function createArchiveRowSource(stores: ArchiveRowStores, stretch: ArrivalRange): ReplaySource {
  return {
    async shards() {
      const held = new Set((await listArchive(stores.manifest, stretch)).map(({ shardId }) => shardId))
      const known = new Map((await stores.listShards()).map((shard) => [shard.shardId, shard]))
      return [...held].map(
        (shardId) => known.get(shardId) ?? { shardId, startingHashKey: '0', parents: [], closed: true },
      )
    },
    async *read(shardId, { from, to, after }) {
      let open: DecodedStreamRecord | undefined
      for await (const rows of readArchive(ofShard(stores, shardId), { from, to })) {
        const records: DecodedStreamRecord[] = []
        for (const row of rows) {
          if (!isAfter(row.sequence, after)) continue
          if (open && open.sequenceNumber === row.sequence) {
            addRow(open, row)
            continue
          }
          if (open) records.push(open)
          open = toRecord(row)
        }
        if (records.length > 0) yield records
      }
      if (open) yield [open]
    },
  }
}

function ofShard({ manifest, objects }: ArchiveRowStores, shardId: string) {
  return {
    objects,
    manifest: {
      ...manifest,
      listDay: async (day: string) => (await manifest.listDay(day)).filter((part) => part.shardId === shardId),
    },
  }
}

function toRecord({
  sequence,
  producerId,
  producerSequence,
  traceId,
  delivery,
  event,
}: ArchiveRow): DecodedStreamRecord {
  return {
    sequenceNumber: sequence,
    arrivedAt: delivery.received,
    retried: false,
    header: { producerId, producerSequence, traceId, createdAt: delivery.received, eventCount: 1 },
    deliveries: [{ ...delivery, events: [event] }],
  }
}

/** What the fold makes of an event depends on what its delivery says, not on what came with it. */
function addRow({ header, deliveries }: DecodedStreamRecord, { delivery, event }: ArchiveRow): void {
  header.eventCount += 1
  deliveries.push({ ...delivery, events: [event] })
}
