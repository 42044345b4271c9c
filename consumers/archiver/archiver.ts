/**
 * The archiver: writes a shard's events to S3 as Parquet, one object a batch and arrival hour. An object is named by
 * the first sequence number in it, and a retry begins with the same record: it overwrites, and nothing is doubled.
 *
 *     archive/dt=2026-11-23/hour=06/shardId-000000000000-4959…898.parquet
 */
import { zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { Consumer } from '../runtime/consumer.ts'
import { inStore } from '../runtime/faults.ts'
import type { Objects } from '../runtime/objects.ts'
import { Progress, type ProgressDependencies, stateless } from '../runtime/progress.ts'
import { decodeRecords, type Quarantine } from '../runtime/records.ts'
import { type ArchiveRow, toColumns, toRows } from './rows.ts'

export const consumerName = 'archiver'

export type ArchiverDependencies = Omit<ProgressDependencies<undefined>, 'consumer' | 'codec'> & {
  objects: Objects
  quarantine: Quarantine
}

export function createArchiver({ quarantine, ...stores }: ArchiverDependencies): Consumer {
  const { objects } = stores
  return {
    name: consumerName,
    async open(shard) {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: stateless }, shard)
      const place = { consumer: consumerName, shardId }
      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const decoded = await decodeRecords(place, records, progress.position, quarantine)
          const files = [...byHour(toRows(shardId, decoded))].map(([hour, rows]) => {
            const first = rows[0] as ArchiveRow
            return {
              key: `archive/${hour}/${shardId}-${first.record.sequenceNumber}.parquet`,
              bytes: toParquet(rows),
            }
          })
          await inStore(async () => {
            for (const { key, bytes } of files)
              await objects.put(key, bytes, { contentType: 'application/vnd.apache.parquet' })
          })
          progress.advance(records)
          // An object is the whole effect: once it is there, the place behind it is right, and a retry that began
          // elsewhere would write the same events under another name.
          await progress.save()
        },
        async passOver(record, { code, reason }) {
          await quarantine(place, record, code, reason)
          progress.advance([record])
        },
        async caughtUp() {},
        isCurrent: () => progress.isCurrent(),
        save: () => progress.save(),
        end: () => progress.save(true),
      }
    },
  }
}

export function toParquet(rows: readonly ArchiveRow[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: toColumns(rows),
    codec: 'ZSTD',
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
  })
  return new Uint8Array(buffer)
}

/** Rows by the hour of their arrival, as the partitions name it. */
function byHour(rows: readonly ArchiveRow[]): Map<string, ArchiveRow[]> {
  return Map.groupBy(rows, ({ delivery }) => {
    const [day, hour] = new Date(delivery.received).toISOString().slice(0, 13).split('T')
    return `dt=${day}/hour=${hour}`
  })
}
