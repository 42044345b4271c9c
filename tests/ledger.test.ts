/** The ledger accounts for every event of the stream, whatever happens to those who write it. */
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { createParquetSink } from '../consumers/archiver/parquet-sink.ts'
import { LedgerBook } from '../consumers/runtime/ledger-book.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import {
  addCounts,
  arrivalMinute,
  type LedgerEntry,
  ledgerRetentionMs,
  noCounts,
  parseLedgerItem,
} from '../consumers/runtime/shapes/ledger.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { failing } from './support/failing.ts'
import { startStores, type TestStores } from './support/stores.ts'
import {
  dumpTable,
  freshEnvironment,
  putRecords,
  putTraffic,
  runToEnd,
  seededRandom,
  traffic,
} from './support/stream.ts'

const deliveries = traffic(120)
const bot = aDelivery({
  userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)',
  events: [anEvent({ load: 'b'.repeat(16) }), anEvent({ load: 'b'.repeat(16), n: 1 })],
})
const batch = aRecord([aDelivery({ events: [0, 1, 2].map((n) => anEvent({ load: 'c'.repeat(16), n })) })])
const brokenBody = aRecord([aDelivery({ events: [0, 1, 2, 3].map((n) => anEvent({ n })) })], { eventCount: 7 })

/** Events in the stream; a record that nobody can read counts as one. */
const accepted = 120 + 2 + 3 + 3 + 7 + 1

let stores: TestStores
let entries: LedgerEntry[]
let undisturbed: string[]

beforeAll(async () => {
  stores = await startStores()
  const { settings } = stores
  await putTraffic(settings, deliveries)
  const others = [aRecord([bot], { producerSequence: 1 }), batch, batch, brokenBody, Buffer.from('garbage')]
  await putRecords(settings, others, 'another shard')
  const environment = await freshEnvironment('undisturbed')
  await runToEnd(composeAggregator(environment), settings)
  await runToEnd(composeArchiver(environment), settings)
  undisturbed = await dumpTable('undisturbed-ledger')
  entries = await readEntries('undisturbed-ledger')
})
afterAll(() => stores.close())

async function readEntries(table: string): Promise<LedgerEntry[]> {
  const read: LedgerEntry[] = []
  for await (const page of paginateScan({ client: new DynamoDBClient({}) }, { TableName: table }))
    read.push(...(page.Items ?? []).map((item) => parseLedgerItem(item as Parameters<typeof parseLedgerItem>[0])))
  return read
}

function total(consumer: string, from = entries) {
  const sum = noCounts()
  for (const entry of from) if (entry.consumer === consumer) addCounts(sum, entry.counts)
  return sum
}

describe('the ledger', () => {
  it('says of every accepted event what the aggregator made of it', () => {
    const pairs = new Set(deliveries.flatMap(({ events }) => events.map(({ load, n }) => `${load} ${n}`)))
    expect(total('aggregator')).toEqual({
      accepted,
      aggregated: pairs.size + 3,
      duplicate: 120 - pairs.size + 3,
      filtered: 2,
      quarantined: 7 + 1,
      archived: 0,
      unreadable: 1,
    })
  })

  it('says that the archiver has kept all of them', () => {
    const kept = { ...noCounts(), accepted, archived: accepted - 8, quarantined: 8, unreadable: 1 }
    expect(total('archiver')).toEqual(kept)
  })

  it('balances in every minute and shard', () => {
    expect(new Set(entries.map(({ shardId }) => shardId)).size).toBe(2)
    for (const { consumer, counts } of entries) {
      const { accepted, aggregated, duplicate, filtered, archived, quarantined } = counts
      const accountedFor = consumer === 'archiver' ? archived : aggregated + duplicate + filtered
      expect(accountedFor + quarantined).toBe(accepted)
    }
  })

  it('has each event in the minute in which it was received', () => {
    const received = [...deliveries.map((delivery) => delivery.received), noon + 60].map(arrivalMinute)
    const minutes = new Set(entries.filter(({ counts }) => counts.archived > 0).map(({ minute }) => minute))
    expect([...minutes].sort()).toEqual([...new Set(received)].sort())
  })

  it('is kept for five weeks', () => {
    for (const item of undisturbed) {
      const minute = Date.parse(`${/entry={"S":"(.{16})#/.exec(item)?.[1]}Z`)
      const expiresAt = Number(/expiresAt={"N":"(\d+)"}/.exec(item)?.[1]) * 1000
      expect(expiresAt - minute).toBe(ledgerRetentionMs)
    }
  })

  it.each([1, 2, 3])('is the same when stores fail at random and all of it is done again (seed %i)', async (seed) => {
    const name = `failing-${seed}`
    const environment = await freshEnvironment(name)
    const { aggregator, archiver } = consumersThatFail(environment, seed)
    await runToEnd(aggregator, stores.settings)
    await runToEnd(archiver, stores.settings)
    expect(await dumpTable(`${name}-ledger`)).toEqual(undisturbed)
  })

  it('is the same when two of each consumer run on every shard', async () => {
    const environment = await freshEnvironment('twice')
    await Promise.all([30, 20].map((size) => runToEnd(composeAggregator(environment), stores.settings, size)))
    await Promise.all([30, 20].map((size) => runToEnd(composeArchiver(environment), stores.settings, size)))
    expect(await dumpTable('twice-ledger')).toEqual(undisturbed)
  })

  it('takes a record that is put back out of the quarantine, and does not count it as accepted again', async () => {
    const { ledger } = await freshEnvironment('retried')
    const shardId = 'shardId-000000000000'
    const book = new LedgerBook(ledger, 'aggregator', shardId)
    const delivery = aDelivery({ events: [anEvent(), anEvent({ n: 1 })] })
    book.setAside({ sequenceNumber: '1', data: aRecord([delivery]), arrivedAt: noon })
    await book.flush()
    book.accept({ sequenceNumber: '2', retried: true }, delivery).aggregated += 2
    await book.flush()
    const { value } = await ledger.load({ consumer: 'aggregator', shardId, minute: arrivalMinute(delivery.received) })
    expect(value).toEqual({ ...noCounts(), accepted: 2, aggregated: 2 })
  })

  it('costs one write a flush, shard and minute, however many records there are', async () => {
    const { ledger } = await freshEnvironment('writes')
    let reads = 0
    let writes = 0
    const counted = {
      load: (...args: Parameters<typeof ledger.load>) => ++reads && ledger.load(...args),
      replace: (...args: Parameters<typeof ledger.replace>) => ++writes && ledger.replace(...args),
    }
    const book = new LedgerBook(counted as typeof ledger, 'aggregator', 'shardId-000000000000')
    for (let sequence = 1; sequence <= 100; sequence++) {
      book.accept({ sequenceNumber: String(sequence) }, aDelivery())
      if (sequence % 50 === 0) await book.flush()
    }
    expect({ reads, writes }).toEqual({ reads: 1, writes: 2 })
  })
})

function consumersThatFail(environment: ConsumerEnvironment, seed: number) {
  const random = seededRandom(seed)
  const chance = 0.02
  const stores = {
    checkpoints: failing(environment.checkpoints, chance, random),
    objects: failing(environment.objects, chance, random),
    ledger: failing(environment.ledger, chance, random),
    quarantine: environment.quarantine,
  }
  const cells = createCellStore(environment.clients.dynamo, environment.table)
  const sink = createParquetSink({ ...parquetStores(environment), objects: stores.objects })
  const cuts = createCutStore(environment.clients.dynamo, environment.table('control'))
  return {
    aggregator: createAggregator({ ...stores, cells, cuts, breakdownDelayMs: 0, now: Date.now }),
    archiver: createArchiver({ ...stores, sinks: [sink] }),
  }
}
