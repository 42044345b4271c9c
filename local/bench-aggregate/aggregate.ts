/** Decode, fold, cells: what the aggregator does with a batch, with everything in memory. */
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import { FoldState, foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { decodeRecords } from '../../consumers/runtime/records.ts'

const shardId = 'shardId-000000000000'

export type Aggregate = (records: readonly StreamRecord[]) => Promise<number>

/** @returns handles a batch and says how many events counted */
export function createAggregate(cells: CellStore, state = new FoldState()): Aggregate {
  const book = new CellBook(cells, shardId)
  return async (records) => {
    let aggregated = 0
    const decoded = await decodeRecords(
      { consumer: 'aggregator', shardId },
      records,
      undefined,
      async (_place, _record, code, reason) => {
        throw new Error(`${code}: ${reason}`)
      },
    )
    for (const { header, deliveries, sequenceNumber } of decoded) {
      if (!foldRecord(state, header)) continue
      for (const delivery of deliveries)
        for (const event of delivery.events)
          if (foldEvent(state, delivery, event, (delta) => book.add(sequenceNumber, delta)) === 'aggregated')
            aggregated += 1
    }
    const write = await book.prepare()
    await write()
    return aggregated
  }
}
