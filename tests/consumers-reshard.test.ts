/** Shards are split and merged while the consumers run: they follow, and leave what an undisturbed run would have. */
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDynamoClient } from '../dashboard/store/dynamo-client.ts'
import { createS3Client, createStore } from '../dashboard/store/store.ts'
import { awaitCaughtUp } from '../load-test/chaos/consumer-set/caught-up.ts'
import { type ConsumerSet, startSet } from '../load-test/chaos/consumer-set/kill-each.ts'
import { makePlace, type Place } from '../load-test/chaos/consumer-set/set.ts'
import { readContent } from '../load-test/chaos/consumer-set/stream-content.ts'
import { readArchive } from '../load-test/reconcile/read-archive.ts'
import { readTable } from '../load-test/reconcile/read-table.ts'
import { createStoreClients } from '../load-test/reconcile/stores.ts'
import { encodeRecord } from '../stream/record.ts'
import { createShardMap, type Shard } from '../stream/shard-map.ts'
import { tables } from '../stream/tables.ts'
import { aDelivery, anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { shardReader } from './support/stream.ts'

let stores: TestStores
const sets: ConsumerSet[] = []
beforeAll(async () => {
  stores = await startStores()
})
afterAll(async () => {
  await Promise.all(sets.map((set) => set.stop()))
  await stores.close()
})

const visitors = 60
/** Far enough back that all of it is over. */
const begin = Date.now() - 20 * 60_000

it('leaves the same cells, minutes and rows, and no visit in two', async () => {
  const StreamName = stores.settings.RETRACE_STREAM
  const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() })
  const clients = createStoreClients(process.env)
  const followed = await makePlace(process.env, 'followed')
  const following = await startSet(followed.env)
  sets.push(following)

  let rounds = 0
  /** A page view of every visitor, each put into the shard that owns the visitor now. */
  const visitAll = async () => {
    const map = createShardMap(await shardReader(stores.settings).listShards())
    const at = begin + rounds * 10_000
    const everybody = Array.from({ length: visitors }, (_, i) => i)
    const byShard = Map.groupBy(everybody, (i) => map.owner(Math.floor((i * 2 ** 32) / visitors)))
    const Records = [...byShard].map(([shard, owned]) => ({
      Data: recordOf(shard, rounds, owned, at),
      PartitionKey: 'visitors',
      ExplicitHashKey: shard.startingHashKey,
    }))
    rounds++
    await kinesis.send(new PutRecordsCommand({ StreamName, Records }))
  }
  const times = async (count: number) => {
    for (let i = 0; i < count; i++) await visitAll()
  }
  const counted = async (place: Place) => {
    const day = 86_400_000
    const range = { granularity: 'day', from: Math.floor(begin / day) * day, to: begin + 2 * day } as const
    const { tablePrefix } = place
    const bucket = stores.settings.RETRACE_BUCKET
    const store = createStore({
      dynamo: createDynamoClient(),
      s3: createS3Client(),
      tablePrefix,
      bucket,
      now: Date.now,
    })
    const view = await store.views.find()
    const cells = view ? await store.cells.read('demo', [range], view, ['d']) : []
    const sum = (name: 'events' | 'visits' | 'bounces') => cells.reduce((all, { cell }) => all + cell.totals[name], 0)
    return { events: sum('events'), visits: sum('visits'), bounces: sum('bounces') }
  }
  const untilActive = () =>
    eventually(async () => {
      const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))
      return StreamDescriptionSummary?.StreamStatus === 'ACTIVE'
    })
  const openShards = async () =>
    createShardMap(await shardReader(stores.settings).listShards()).shards as [Shard, Shard, ...Shard[]]

  await times(5)
  await eventually(async () => (await counted(followed)).events > 0, { timeoutMs: 20_000 })
  for (const { shardId, startingHashKey } of await openShards()) {
    const middle = String(BigInt(startingHashKey) + 2n ** 126n)
    const split = new SplitShardCommand({ StreamName, ShardToSplit: shardId, NewStartingHashKey: middle })
    await Promise.all([kinesis.send(split), times(3)])
    await untilActive()
    await times(3)
  }
  const [first, second] = await openShards()
  const merge = new MergeShardsCommand({
    StreamName,
    ShardToMerge: first.shardId,
    AdjacentShardToMerge: second.shardId,
  })
  await Promise.all([kinesis.send(merge), times(3)])
  await untilActive()
  await times(5)
  expect(await openShards()).toHaveLength(3)

  const undisturbed = await makePlace(process.env, 'undisturbed')
  sets.push(await startSet(undisturbed.env))
  const content = await readContent(clients.kinesis, StreamName)
  expect(content.ends.size).toBe(7)
  const abort = new AbortController().signal
  await Promise.all(
    [followed, undisturbed].map((place) => awaitCaughtUp({ dynamo: clients.dynamo, ...place, content, abort })),
  )

  /** In how many objects the rows lie, and how often they were merged, is a matter of the moment. */
  const left = async ({ tablePrefix, ...place }: Place) => {
    const { rows, doubled } = await readArchive(clients, { tablePrefix, ...place })
    const cells = await readTable(clients.dynamo, `${tablePrefix}cells`, tables.cells)
    const minutes = await readTable(clients.dynamo, `${tablePrefix}minutes`, tables.minutes)
    return { cells, minutes, rows, doubled }
  }
  const what = await left(followed)
  expect(what).toEqual(await left(undisturbed))
  expect(what).toMatchObject({ rows: { size: rounds * visitors }, doubled: 0 })
  // Each visitor came again and again without a pause: one visit, wherever its shard went.
  expect(await counted(followed)).toEqual({ events: rounds * visitors, visits: visitors, bounces: 0 })
}, 240_000)

/** One page view of each of these visitors, as one batch of the shard's own lane. */
function recordOf({ shardId }: Shard, round: number, owned: readonly number[], at: number): Buffer {
  const deliveries = owned.map((visitor) => {
    const id = visitor.toString(16).padStart(16, '0')
    return aDelivery({ visitor: id, received: at, sentAt: at, events: [anEvent({ load: id, n: round, at })] })
  })
  const header = {
    producerId: shardId.slice(-12).padStart(16, 'f'),
    producerSequence: round,
    traceId: '0'.repeat(32),
    createdAt: at,
    eventCount: owned.length,
  }
  return encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))
}
