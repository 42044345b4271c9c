/** The aggregator: folds a shard's events into cells. */
import type { Consumer, ShardConsumer } from '../runtime/consumer.ts'
import { inStore } from '../runtime/faults.ts'
import { LedgerBook } from '../runtime/ledger-book.ts'
import type { LedgerStore } from '../runtime/ledger-store.ts'
import { Progress, type ProgressDependencies } from '../runtime/progress.ts'
import { decodeRecords, type Quarantine } from '../runtime/records.ts'
import { CellBook } from './cell-book.ts'
import type { CellStore } from './cell-store.ts'
import { type FoldState, foldEvent, foldRecord } from './fold.ts'
import { foldStateCodec } from './state-codec.ts'

export const consumerName = 'aggregator'

export type AggregatorDependencies = Omit<ProgressDependencies<FoldState>, 'consumer' | 'codec'> & {
  cells: CellStore
  ledger: LedgerStore
  quarantine: Quarantine
}

export function createAggregator({ cells, ledger, quarantine, ...stores }: AggregatorDependencies): Consumer {
  return {
    name: consumerName,
    async open(shard): Promise<ShardConsumer> {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: foldStateCodec }, shard)
      const book = new CellBook(cells, shardId)
      const account = new LedgerBook(ledger, consumerName, shardId)
      const place = { consumer: consumerName, shardId }

      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const countingQuarantine = account.counting(quarantine)
          for (const record of await decodeRecords(place, records, progress.position, countingQuarantine)) {
            const { sequenceNumber } = record
            const isNew = foldRecord(progress.state, record.header)
            for (const delivery of record.deliveries) {
              const counts = account.counts(sequenceNumber, delivery.received)
              counts.accepted += delivery.events.length
              if (!isNew) counts.duplicate += delivery.events.length
              else
                for (const event of delivery.events)
                  counts[foldEvent(progress.state, delivery, event, (delta) => book.add(sequenceNumber, delta))]++
            }
          }
          const write = await book.prepare()
          await inStore(async () => {
            await Promise.all([write(), account.flush()])
          })
          progress.advance(records)
        },
        async passOver(record, { code, reason }) {
          await account.counting(quarantine)(place, record, code, reason)
          await inStore(() => account.flush())
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
