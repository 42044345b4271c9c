/**
 * Events that go on arriving while an overview is measured: the running day's cells change under the reader, as they do
 * when a site is visited. A shard of its own, at the aggregator's own pace.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import { createCellStore } from '../../consumers/aggregator/cell-store.ts'
import { foldEvent } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { liveGeneration } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import { createTraffic } from '../../load-test/traffic.ts'
import type { Settings } from '../../stream/settings.ts'
import { deliveryOf, sequenceOf } from './fill.ts'

export type Arrivals = {
  /** Events that were written so far. */
  readonly events: number
  /** Writes what is left. */
  stop(): Promise<void>
}

/** @param rate events a second */
export function startArrivals(client: DynamoDBClient, settings: Settings, site: string, rate: number): Arrivals {
  const now = Date.now()
  // Other visitors than those of the past, and than those of the last run on a folder that was kept.
  const seed = now
  const traffic = createTraffic({ sites: [site], seed, rate })
  const state = new FoldState()
  const segmentOf = dailySegments()
  const book = new CellBook(
    createCellStore(client, (name) => `${settings.RETRACE_TABLE_PREFIX}${name}`),
    { shardId: 'shardId-000000000001', generation: liveGeneration },
    { breakdownDelayMs: settings.RETRACE_BREAKDOWN_DELAY_MS, now: Date.now },
  )
  let events = 0
  let owed = 0
  let lookedAt = now
  let savedAt = now
  // Above whatever an earlier run left in the cells.
  let sequence = now * 1000

  async function write(): Promise<void> {
    const at = Date.now()
    owed += ((at - lookedAt) / 1000) * rate
    lookedAt = at
    while (owed >= 1) {
      const delivery = deliveryOf(traffic.next(at), seed)
      const number = sequenceOf(sequence++)
      const segment = segmentOf(delivery.received)
      for (const event of delivery.events)
        foldEvent(state, segment, delivery, event, (delta) => book.add(number, delta))
      await book.endRecord()
      owed -= delivery.events.length
      events += delivery.events.length
    }
    if (at - savedAt >= settings.RETRACE_AGGREGATOR_SAVE_INTERVAL_MS) {
      savedAt = at
      await book.flushAll()
    } else await book.flush()
  }

  let isOver = false
  const running = (async () => {
    while (!isOver) {
      await write()
      await new Promise((resolve) => setTimeout(resolve, settings.RETRACE_AGGREGATOR_WINDOW_MS))
    }
    await book.flushAll()
  })()
  // It is awaited at the end; until then a fault is not unhandled.
  running.catch(() => {})
  return {
    get events() {
      return events
    },
    async stop() {
      isOver = true
      await running
    },
  }
}
