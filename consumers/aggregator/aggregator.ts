/** The aggregator: folds a shard's events into cells. */
import type { Consumer, ShardConsumer } from '../runtime/consumer.ts'
import { inStore } from '../runtime/faults.ts'
import { Progress, type ProgressDependencies } from '../runtime/progress.ts'
import { decodeRecords, type Quarantine } from '../runtime/records.ts'
import { CellBook } from './cell-book.ts'
import type { CellStore } from './cell-store.ts'
import { type FoldState, foldEvent, foldRecord } from './fold.ts'
import { foldStateCodec } from './state-codec.ts'

export const consumerName = 'aggregator'

export type AggregatorDependencies = Omit<ProgressDependencies<FoldState>, 'consumer' | 'codec'> & {
  cells: CellStore
  quarantine: Quarantine
}

export function createAggregator({ cells, quarantine, ...stores }: AggregatorDependencies): Consumer {
  return {
    name: consumerName,
    async open(shard): Promise<ShardConsumer> {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: foldStateCodec }, shard)
      const book = new CellBook(cells, shardId)
      const place = { consumer: consumerName, shardId }

      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          for (const record of await decodeRecords(place, records, progress.position, quarantine)) {
            if (!foldRecord(progress.state, record.header)) continue
            for (const delivery of record.deliveries)
              for (const event of delivery.events)
                foldEvent(progress.state, delivery, event, (delta) => book.add(record.sequenceNumber, delta))
          }
          const write = await book.prepare()
          await inStore(write)
          progress.advance(records)
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
