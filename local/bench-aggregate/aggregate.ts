/** Decode, fold, cells: what the aggregator does with a batch, with everything in memory. */
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import type { Delta } from '../../consumers/aggregator/delta.ts'
import { foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { liveGeneration } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { decodeRecords, type Quarantine } from '../../consumers/runtime/records.ts'

const shardId = 'shardId-000000000000'

export type Aggregate = (records: readonly StreamRecord[]) => Promise<number>

/** @returns handles a batch and says how many events counted */
export function createAggregate(cells: CellStore, state = new FoldState()): Aggregate {
  const book = new CellBook(cells, { shardId, generation: liveGeneration })
  const segmentOf = dailySegments()
  return async (records) => {
    let aggregated = 0
    for (const record of records)
      for (const { header, deliveries, sequenceNumber } of await decodeRecords(
        { consumer: 'aggregator', shardId },
        [record],
        undefined,
        fail,
      )) {
        if (!foldRecord(state, header)) continue
        const emit = (delta: Delta) => book.add(sequenceNumber, delta)
        for (const delivery of deliveries) {
          const segment = segmentOf(delivery.received)
          for (const event of delivery.events)
            if (foldEvent(state, segment, delivery, event, emit) === 'aggregated') aggregated += 1
        }
      }
    await book.flush()
    return aggregated
  }
}

const fail: Quarantine = async (_place, _record, code, reason) => {
  throw new Error(`${code}: ${reason}`)
}
