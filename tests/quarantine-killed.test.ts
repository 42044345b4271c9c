/** `npm run quarantine -- retry`, killed between the acknowledgement of a copy and the deletion of its object: it counts once. */
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeAnomalyDetector } from '../consumers/anomaly-detector/compose.ts'
import { createJudgedMinutes, siteMinutes } from '../consumers/anomaly-detector/judge/judged-minutes.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { Consumer, StreamRecord } from '../consumers/runtime/consumer.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { parseLedgerItem } from '../consumers/runtime/shapes/ledger.ts'
import { retryRecords } from '../local/quarantine/retry.ts'
import { createQuarantineStores } from '../local/quarantine/stores.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { archivedRows, countedEvents } from './support/figures.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, runToEnd, shardReader } from './support/stream.ts'
import { wrapped } from './support/wrapped.ts'

const recordCount = 10
const hardOne = 4
let stores: TestStores
let environment: ConsumerEnvironment

beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

const isHard = ({ data }: StreamRecord) => Number(Buffer.from(data).readBigUInt64BE(24)) === hardOne

/** A consumer before its repair. */
function withBug(consumer: Consumer): Consumer {
  return wrapped(consumer, (opened) => ({
    async handle(records) {
      if (records.some(isHard)) throw new TypeError('not yet repaired')
      await opened.handle(records)
    },
  }))
}

async function itemsOf(table: string) {
  const items = []
  for await (const page of paginateScan({ client: new DynamoDBClient({}) }, { TableName: table }))
    items.push(...(page.Items ?? []))
  return items
}

const consumers = [
  { name: 'aggregator', compose: composeAggregator, count: () => countedEvents(environment.table('cells')) },
  { name: 'archiver', compose: composeArchiver, count: async () => (await archivedRows(environment)).length },
  {
    name: 'anomaly-detector',
    compose: composeAnomalyDetector,
    count: async () => {
      const minutes = createJudgedMinutes(environment.clients.dynamo, environment.table('minutes'), siteMinutes)
      const { counted } = await minutes.read('demo', noon, noon + 60_000)
      return [...counted.values()].reduce((sum, { counts }) => sum + counts.pageviews, 0)
    },
  },
]

describe.each(consumers)('the $name', ({ name, compose, count }) => {
  let run = 0
  beforeEach(async () => {
    const own = `${name}-${run++}`
    environment = await freshEnvironment(own, { RETRACE_STREAM: own })
    const records = Array.from({ length: recordCount }, (_, i) => {
      const event = anEvent({ load: i.toString(16).padStart(16, '0'), at: noon + i * 1000 })
      return aRecord([aDelivery({ visitor: `${i}`.padStart(16, 'a'), events: [event] })], { producerSequence: i })
    })
    await putRecords(environment.settings, records)
    await runToEnd(withBug(compose(environment)), environment.settings)
    expect(await count()).toBe(recordCount - 1)
  })

  const quarantine = () => createQuarantineStores(environment.settings)
  const retryAll = async () => {
    const kept = quarantine()
    await retryRecords(kept, await kept.list(), () => {})
  }
  /** Ends as a process does that is killed: nothing after it happens. */
  async function retryAndDie(): Promise<void> {
    const dying = { ...quarantine(), delete: () => Promise.reject(new Error('killed')) }
    await expect(retryRecords(dying, await dying.list(), () => {})).rejects.toThrow('killed')
  }
  async function copies(): Promise<{ shardId: string; records: StreamRecord[] }> {
    const reader = shardReader(environment.settings)
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      if (records.length > 0) return { shardId, records: records.filter(({ retryFor }) => retryFor !== undefined) }
    }
    throw new Error('the stream is empty')
  }

  it.each([1, 7])('takes the first of three copies alone, in batches of %i', async (size) => {
    await retryAndDie()
    await retryAndDie()
    await retryAll()
    expect((await copies()).records).toHaveLength(3)
    await runToEnd(compose(environment), environment.settings, size)
    expect(await count()).toBe(recordCount)
    expect(await quarantine().list()).toEqual([])
  })

  it('takes it when it comes before the second, and again after a crash without a save', async () => {
    await retryAndDie()
    const { shardId, records } = await copies()
    const shard = (await shardReader(environment.settings).listShards()).find((each) => each.shardId === shardId)
    if (!shard) throw new Error('the shard is gone')
    const abandoned = await compose(environment).open(shard)
    await abandoned.handle(records)
    await retryAll()
    await runToEnd(compose(environment), environment.settings)
    expect(await count()).toBe(recordCount)
  })

  it('keeps one that fails again once, and takes it when it is put back from there', async () => {
    await retryAndDie()
    await runToEnd(withBug(compose(environment)), environment.settings)
    // The object of the first time, which the command could not delete, and that of the copy.
    expect(await quarantine().list()).toHaveLength(2)
    await retryAll()
    await runToEnd(compose(environment), environment.settings)
    expect(await count()).toBe(recordCount)
    expect(await quarantine().list()).toEqual([])
  })

  it.runIf(name === 'archiver')(
    'accepts it once in the ledger, and leaves nothing of it quarantined there',
    async () => {
      await retryAndDie()
      await runToEnd(withBug(compose(environment)), environment.settings)
      await retryAll()
      await runToEnd(compose(environment), environment.settings)
      const entries = (await itemsOf(environment.table('ledger'))).map((item) =>
        parseLedgerItem(item as Parameters<typeof parseLedgerItem>[0]),
      )
      const sum = (count: 'accepted' | 'archived' | 'quarantined') =>
        entries.reduce((total, { counts }) => total + counts[count], 0)
      expect([sum('accepted'), sum('archived'), sum('quarantined')]).toEqual([recordCount, recordCount, 0])
    },
  )
})
