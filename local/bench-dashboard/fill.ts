/** A site with a past, made by the aggregator's own fold from the traffic model, and put into a table as it is. */
import { hash } from 'node:crypto'
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import { foldEvent } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { granularityMs, liveGeneration, minuteRetentionMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import { createTraffic, type TrafficRequest } from '../../load-test/traffic.ts'
import type { Delivery } from '../../stream/event.ts'
import { createMemoryCells, type MemoryCells } from '../bench-aggregate/memory-cells.ts'

export type Past = { site: string; events: number; days: number; until: number; seed: number }

const countries = ['US', 'DE', 'FR', 'GB', 'JP', 'ES', 'BR', 'IN'] as const
const transitMs = 40
/** BatchWriteItem takes so many. */
const batchSize = 25
const parallelWrites = 8

/** So many events over these days up to `until`. */
export async function foldPast({ site, events, days, until, seed }: Past): Promise<MemoryCells> {
  const cells = createMemoryCells()
  const rate = events / ((days * granularityMs.day) / 1000)
  const traffic = createTraffic({ sites: [site], seed, rate })
  const state = new FoldState()
  const place = { shardId: 'shardId-000000000000', generation: liveGeneration }
  const segmentOf = dailySegments()
  let at = until - days * granularityMs.day
  const book = new CellBook(withoutMinutes(cells, until - minuteRetentionMs), place, {
    breakdownDelayMs: granularityMs.day,
    now: () => at,
  })
  let flushedAt = at

  for (let sequence = 0; at < until; sequence += 1) {
    const delivery = deliveryOf(traffic.next(Math.floor(at)), seed)
    const number = sequenceOf(sequence)
    const segment = segmentOf(delivery.received)
    for (const event of delivery.events) foldEvent(state, segment, delivery, event, (delta) => book.add(number, delta))
    await book.endRecord()
    at += (delivery.events.length / (rate * busyness(at))) * 1000
    if (at - flushedAt >= granularityMs.day) {
      flushedAt = at
      await book.flushAll()
    }
  }
  await book.flushAll()
  return cells
}

/** Of a year of minutes, DynamoDB would have the last two days. */
function withoutMinutes(cells: MemoryCells, before: number): CellStore {
  return {
    ...cells,
    replace: async (key, seen, sequence) =>
      (key.granularity === 'minute' && key.start < before) || cells.replace(key, seen, sequence),
  }
}

/** What the endpoint makes of a request. */
export function deliveryOf({ visit, userAgent, language, body }: TrafficRequest, seed: number): Delivery {
  return {
    site: body.site,
    visitor: hash('sha1', `${seed} ${visit}`, 'hex').slice(0, 16),
    received: body.sentAt + transitMs,
    sentAt: body.sentAt,
    userAgent,
    country: countries[visit % countries.length] as string,
    language: language.slice(0, 2),
    events: body.events,
  }
}

export function sequenceOf(count: number): string {
  return `49${String(count).padStart(54, '0')}`
}

/** Days have an afternoon and a night; on average this is 1. */
function busyness(at: number): number {
  const hour = (at % granularityMs.day) / granularityMs.hour
  return 1 + 0.7 * Math.cos(((hour - 14) / 24) * 2 * Math.PI)
}

/** @returns how many there are */
export async function storeCells(client: DynamoDBClient, table: string, { items }: MemoryCells): Promise<number> {
  const requests: WriteRequest[] = []
  for (const [name, { data, sequence }] of items) {
    const [series = '', cell = ''] = name.split(' ')
    const Item = { series: { S: series }, cell: { S: cell }, sequence: { S: sequence }, data: { B: data } }
    requests.push({ PutRequest: { Item } })
  }
  const count = requests.length
  await Promise.all(
    Array.from({ length: parallelWrites }, async () => {
      while (requests.length > 0) await write(client, table, requests.splice(0, batchSize))
    }),
  )
  return count
}

async function write(client: DynamoDBClient, table: string, batch: WriteRequest[]): Promise<void> {
  for (let left = batch; left.length > 0; ) {
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: left } }))
    left = UnprocessedItems?.[table] ?? []
  }
}
