/** Splitting and merging shards under load loses and blocks nothing. */
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  MergeShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { StoreResult } from '../ingest/batch.ts'
import { createKinesisClient, listShards, putRecordsTo } from '../ingest/kinesis.ts'
import { Metrics } from '../ingest/metrics.ts'
import { Producer } from '../ingest/producer.ts'
import { coalesce } from '../ingest/put-records.ts'
import { decodeRecord } from '../stream/record.ts'
import type { Shard } from '../stream/shard-map.ts'
import { aDelivery, anEntry, anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { shardReader } from './support/stream.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

it('keeps every event, each once, while shards are split and merged', async () => {
  const StreamName = stores.settings.RETRACE_STREAM
  const kinesis = createKinesisClient()
  const putRecords = putRecordsTo(kinesis, StreamName)
  const producer = new Producer({
    lingerMs: 10,
    maxBatchBytes: 64 * 1024,
    maxInFlightBytes: 10_000_000,
    patienceMs: 5000,
    probes: 'in the background',
    putTogether: coalesce(putRecords),
    putAlone: putRecords,
    putOverflow: async () => ({ stored: false, cause: new Error('not needed here') }),
    listShards: () => listShards(kinesis, StreamName),
    checkOverflow: async () => {},
    metrics: new Metrics(),
    onFault: () => {},
    now: Date.now,
  })

  let resharding = true
  let n = 0
  const results: boolean[] = []
  const load = async () => {
    while (resharding) {
      const routing = Math.floor(Math.random() * 2 ** 32)
      const entry = anEntry(aDelivery({ events: [anEvent({ n: n++ })] }))
      const result = await new Promise<StoreResult>((settle) => producer.store(routing, entry, settle))
      results.push(result.ok)
    }
  }
  const running = Promise.all(Array.from({ length: 20 }, load))

  const admin = new KinesisClient({ requestHandler: new NodeHttpHandler() })
  const active = async () => {
    const { StreamDescriptionSummary } = await admin.send(new DescribeStreamSummaryCommand({ StreamName }))
    return StreamDescriptionSummary?.StreamStatus === 'ACTIVE'
  }
  const openShards = async () =>
    (await listShards(kinesis, StreamName))
      .filter(({ closed }) => !closed)
      .sort((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1))
  for (const { shardId, startingHashKey } of await openShards()) {
    const middle = String(BigInt(startingHashKey) + 2n ** 126n)
    await admin.send(new SplitShardCommand({ StreamName, ShardToSplit: shardId, NewStartingHashKey: middle }))
    await eventually(active)
  }
  const [first, second] = (await openShards()) as [Shard, Shard]
  await admin.send(
    new MergeShardsCommand({ StreamName, ShardToMerge: first.shardId, AdjacentShardToMerge: second.shardId }),
  )
  await eventually(active)
  const before = results.length
  await eventually(() => results.length > before + 200)
  resharding = false
  await running
  await producer.drain()

  const stored: number[] = []
  const reader = shardReader(stores.settings)
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(10_000)
    for (const { data } of records) {
      const decoded = decodeRecord(data)
      if (decoded.ok) stored.push(...decoded.deliveries.flatMap(({ events }) => events.map((event) => event.n)))
    }
  }
  expect(results.every(Boolean)).toBe(true)
  expect(stored.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
  expect((await openShards()).length).toBe(3)
})
