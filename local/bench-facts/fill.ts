/** A site with a past in the archive and in cells, as archiver and aggregator would have left it, without a stream. */
import { hash } from 'node:crypto'
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
import { createTraffic } from '../../load-test/traffic.ts'
import type { Delivery } from '../../stream/event.ts'

export type Past = { site: string; events: number; from: number; to: number; seed: number }

export const countries = ['US', 'DE', 'FR', 'GB', 'JP', 'ES', 'BR', 'IN'] as const
const shardId = 'shardId-000000000000'
const producerId = '0123456789abcdef'
const transitMs = 40

/** @returns how many events there are */
export async function fillPast(environment: ConsumerEnvironment, past: Past): Promise<number> {
  const { site, from, to, seed } = past
  const { hour, day } = granularityMs
  const rate = past.events / ((to - from) / 1000)
  const traffic = createTraffic({ sites: [site], seed, rate })
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

  for (let at = from, sequence = 0; at < to; sequence += 1) {
    const { visit, userAgent, language, body } = traffic.next(Math.floor(at))
    const delivery: Delivery = {
      site,
      visitor: hash('sha1', `${seed} ${visit}`, 'hex').slice(0, 16),
      received: body.sentAt + transitMs,
      sentAt: body.sentAt,
      userAgent,
      country: countries[visit % countries.length] as string,
      language: language.slice(0, 2),
      events: body.events,
    }
    const sequenceNumber = `49${String(sequence).padStart(54, '0')}`
    const producer = { producerId, producerSequence: sequence, traceId: '0'.repeat(32) }
    const header = { ...producer, createdAt: delivery.received, eventCount: body.events.length }
    foldRecord(state, header)
    const segment = segmentOf(delivery.received)
    for (const event of body.events)
      foldEvent(state, segment, delivery, event, (delta) => book.add(sequenceNumber, delta))
    await book.endRecord()
    rows.push(...toRows(shardId, [{ sequenceNumber, header, deliveries: [delivery] }]))
    events += body.events.length
    at += (body.events.length / (rate * busyness(at))) * 1000
    if (at - flushedAt < day) continue
    flushedAt = at
    await flush()
  }
  await flush()
  return events

  /** Days have an afternoon and a night; on average this is 1. */
  function busyness(at: number): number {
    return 1 + 0.7 * Math.cos((((at % day) / hour - 14) / 24) * 2 * Math.PI)
  }
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
