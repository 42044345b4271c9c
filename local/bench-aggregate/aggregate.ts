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

export type Aggregate = {
  /** @returns how many of a batch's events counted */
  handle(records: readonly StreamRecord[]): Promise<number>
  /** Writes what is not written. */
  end(): Promise<void>
}

/** How often a deployed aggregator writes, in the time of the stream: all of it when it saves (cdk/config.ts). */
export type WritePace = { breakdownDelayMs: number; saveIntervalMs: number }

export function createAggregate(
  cells: CellStore,
  pace: WritePace,
  state = new FoldState(),
  shardId = 'shardId-000000000000',
): Aggregate {
  let now = 0
  let savedAt: number | undefined
  const book = new CellBook(cells, { shardId, generation: liveGeneration }, { ...pace, now: () => now })
  const segmentOf = dailySegments()
  return {
    end: () => book.flushAll(),
    async handle(records) {
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
          await book.endRecord()
        }
      now = records.at(-1)?.arrivedAt ?? now
      savedAt ??= records[0]?.arrivedAt ?? now
      if (now - savedAt >= pace.saveIntervalMs) {
        savedAt = now
        await book.flushAll()
      } else await book.flush()
      return aggregated
    },
  }
}

const fail: Quarantine = async (_place, _record, code, reason) => {
  throw new Error(`${code}: ${reason}`)
}
