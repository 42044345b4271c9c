/** The aggregator: folds a shard's events into cells. */
import type { Consumer, ShardConsumer } from '../runtime/consumer.ts'
import { inStore } from '../runtime/faults.ts'
import { LedgerBook } from '../runtime/ledger-book.ts'
import type { LedgerStore } from '../runtime/ledger-store.ts'
import { Progress, type ProgressDependencies } from '../runtime/progress.ts'
import { decodeRecords, type Quarantine } from '../runtime/records.ts'
import { CellBook } from './cell-book.ts'
import type { CellStore } from './cell-store.ts'
import type { CutStore } from './cuts.ts'
import type { Delta } from './delta.ts'
import { foldEvent, foldRecord } from './fold.ts'
import type { FoldState } from './fold-state.ts'
import { KnownSegments } from './known-segments.ts'
import { createRuleStore } from './rules/rule-store.ts'
import { liveGeneration } from './shapes/cell-key.ts'
import { foldStateCodec } from './state-codec.ts'

export const consumerName = 'aggregator'

export type AggregatorDependencies = Omit<ProgressDependencies<FoldState>, 'consumer' | 'codec'> & {
  cells: CellStore
  cuts: Pick<CutStore, 'load'>
  ledger: LedgerStore
  quarantine: Quarantine
  breakdownDelayMs: number
  now: () => number
}

export function createAggregator(dependencies: AggregatorDependencies): Consumer {
  const { cells, cuts, ledger, quarantine, breakdownDelayMs, now, ...stores } = dependencies
  const segments = new KnownSegments(cuts, createRuleStore(stores.objects), now)
  return {
    name: consumerName,
    async open(shard): Promise<ShardConsumer> {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: foldStateCodec }, shard)
      const book = new CellBook(cells, { shardId, generation: liveGeneration }, { breakdownDelayMs, now })
      const account = new LedgerBook(ledger, consumerName, shardId)
      const place = { consumer: consumerName, shardId }

      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const segmentOf = await segments.current()
          const countingQuarantine = account.counting(quarantine)
          // One at a time: what a record was decoded to is garbage before the next one is.
          for (const each of records)
            for (const record of await decodeRecords(place, [each], progress.position, countingQuarantine)) {
              const { sequenceNumber } = record
              const isNew = foldRecord(progress.state, record.header)
              const emit = (delta: Delta) => book.add(sequenceNumber, delta)
              for (const delivery of record.deliveries) {
                const counts = account.accept(record, delivery)
                const segment = segmentOf(delivery.received)
                if (!isNew) counts.duplicate += delivery.events.length
                else
                  for (const event of delivery.events)
                    counts[foldEvent(progress.state, segment, delivery, event, emit)]++
              }
              await inStore(() => book.endRecord())
            }
          await inStore(async () => {
            await Promise.all([book.flush(), account.flush()])
          })
          progress.advance(records)
        },
        async passOver(record, { code, reason }) {
          await account.counting(quarantine)(place, record, code, reason)
          await inStore(() => account.flush())
          progress.advance([record])
        },
        caughtUp: () => inStore(() => book.flushHours()),
        get noted() {
          return progress.noted
        },
        isCurrent: () => progress.isCurrent(),
        note: (at) => progress.note(at),
        async save() {
          await inStore(() => book.flushAll())
          await progress.save()
        },
        async end() {
          await inStore(() => book.flushAll())
          await progress.save(true)
        },
      }
    },
  }
}
