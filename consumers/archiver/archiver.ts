/**
 * The archiver: keeps every event of a shard, in Parquet on S3 (parquet-sink.ts), or hands it to a Firehose delivery
 * stream (firehose-sink.ts), or both. Its sinks are durable when they resolve; the place is noted right after.
 */
import type { Consumer } from '../runtime/consumer.ts'
import { inStore } from '../runtime/faults.ts'
import { LedgerBook } from '../runtime/ledger-book.ts'
import type { LedgerStore } from '../runtime/ledger-store.ts'
import { Progress, type ProgressDependencies, stateless } from '../runtime/progress.ts'
import { decodeRecords, type Quarantine } from '../runtime/records.ts'
import type { ArchiveSink } from './parquet-sink.ts'
import { toRows } from './rows.ts'

export const consumerName = 'archiver'

export type ArchiverDependencies = Omit<ProgressDependencies<undefined>, 'consumer' | 'codec'> & {
  sinks: readonly ArchiveSink[]
  ledger: LedgerStore
  quarantine: Quarantine
}

export function createArchiver({ ledger, quarantine, sinks, ...stores }: ArchiverDependencies): Consumer {
  return {
    name: consumerName,
    async open(shard) {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: stateless }, shard)
      const account = new LedgerBook(ledger, consumerName, shardId)
      const open = sinks.map((sink) => sink.open(shardId))
      const place = { consumer: consumerName, shardId }
      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const decoded = await decodeRecords(place, records, progress.position, account.counting(quarantine))
          const rows = toRows(shardId, decoded)
          for (const record of decoded)
            for (const delivery of record.deliveries)
              account.accept(record, delivery).archived += delivery.events.length
          const writes = await Promise.all(open.map((prepare) => prepare(rows)))
          await inStore(async () => {
            for (const write of writes) await write()
            await account.flush()
          })
          progress.advance(records)
          // What a sink holds, it holds for good: a start from further back would only bring it the same again.
          await progress.save()
        },
        async passOver(record, { code, reason }) {
          await account.counting(quarantine)(place, record, code, reason)
          await inStore(() => account.flush())
          progress.advance([record])
        },
        async caughtUp() {},
        get noted() {
          return progress.noted
        },
        isCurrent: () => progress.isCurrent(),
        note: (at) => progress.note(at),
        save: () => progress.save(),
        end: () => progress.save(true),
      }
    },
  }
}
