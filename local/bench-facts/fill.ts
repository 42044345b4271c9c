/** A site with a past in the archive and in cells, as archiver and aggregator would have left it, without a stream. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import { type CellStore, createCellStore } from '../../consumers/aggregator/cell-store.ts'
import { foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { emptyCell } from '../../consumers/aggregator/shapes/cell.ts'
import { granularityMs, liveGeneration } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import { parquetStores } from '../../consumers/archiver/compose.ts'
import { createParquetSink } from '../../consumers/archiver/parquet-sink.ts'
import { type ArchiveRow, toRows } from '../../consumers/archiver/rows.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { deliveriesOf, type Past } from './past.ts'

const deliveriesInOneGo = 1000
const shardId = 'shardId-000000000000'

/** @returns how many events there are */
export async function fillPast(environment: ConsumerEnvironment, past: Past): Promise<number> {
  const { from } = past
  const { day } = granularityMs
  const state = new FoldState()
  const segmentOf = dailySegments()
  const book = new CellBook(
    withoutMinutes(createCellStore(environment.clients.dynamo, environment.table)),
    { shardId, generation: liveGeneration },
    { breakdownDelayMs: day, now: () => 0 },
  )
  const sink = createParquetSink(parquetStores(environment)).open(shardId)
  let rows: ArchiveRow[] = []
  let events = 0
  let flushedAt = from
  const flush = async () => {
    await book.flushAll()
    await (await sink(rows))()
    rows = []
  }

  for (const { delivery, header, sequence } of deliveriesOf(past)) {
    const sequenceNumber = `49${String(sequence).padStart(54, '0')}`
    foldRecord(state, header)
    const segment = segmentOf(delivery.received)
    for (const event of delivery.events)
      foldEvent(state, segment, delivery, event, (delta) => book.add(sequenceNumber, delta))
    await book.endRecord()
    rows.push(...toRows(shardId, [{ sequenceNumber, header, deliveries: [delivery] }]))
    events += delivery.events.length
    // Else a connection that a store has closed meanwhile is taken for an open one.
    if (sequence % deliveriesInOneGo === 0) await nextTurn()
    if (delivery.received - flushedAt < day) continue
    flushedAt = delivery.received
    await flush()
  }
  await flush()
  return events
}

/** Of a past they are gone. */
function withoutMinutes(cells: CellStore): CellStore {
  const nothing = async () => ({ value: emptyCell(), sequence: undefined })
  return {
    ...cells,
    load: (key) => (key.granularity === 'minute' ? nothing() : cells.load(key)),
    replace: async (key, seen, sequence) => (key.granularity === 'minute' ? true : cells.replace(key, seen, sequence)),
  }
}
