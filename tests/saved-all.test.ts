/** Whether consumers have saved what came before a time: the shards are asked, whoever hosts the consumers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { SavedAll } from '../consumers/replay/saved-all.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import type { ShardReader } from '../consumers/runtime/shard-reader.ts'
import { batchOf, instanceOf, onSchedule } from './support/lambda.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd, shardReader, traffic } from './support/stream.ts'

const both = ['aggregator', 'archiver']
const hourMs = 3_600_000

let stores: TestStores
let environment: ConsumerEnvironment
let reader: ShardReader
let reads: number
beforeAll(async () => {
  stores = await startStores()
  environment = await freshEnvironment('saved')
  const { open, listShards } = shardReader(stores.settings)
  reader = {
    listShards,
    open: (...place) => {
      const cursor = open(...place)
      return {
        read(limit) {
          reads++
          return cursor.read(limit)
        },
      }
    },
  }
  reads = 0
})
afterAll(() => stores.close())

const savedBefore = (time: number) => new SavedAll({ checkpoints: environment.checkpoints, reader }, both, time)

it('is so of a stream in which nothing came', async () => {
  expect(await savedBefore(Date.now() + hourMs).look()).toBe(true)
})

it('is not so before both have saved, and then it is; a shard is read once for every save', async () => {
  await putTraffic(stores.settings, traffic(40))
  const saved = savedBefore(Date.now() + hourMs)
  expect(await saved.look()).toBe(false)
  const before = reads
  for (let i = 0; i < 5; i++) expect(await saved.look()).toBe(false)
  expect(reads).toBe(before)
  await runToEnd(composeAggregator(environment), stores.settings)
  expect(await saved.look()).toBe(false)
  await runToEnd(composeArchiver(environment), stores.settings)
  expect(await saved.look()).toBe(true)
})

it('is not asked about what came later', async () => {
  const between = Date.now()
  await putTraffic(stores.settings, traffic(10, 2))
  expect(await savedBefore(between - hourMs).look()).toBe(true)
  expect(await savedBefore(Date.now() + hourMs).look()).toBe(false)
})

it('waits for the save of a function that has noted only how far it came', async () => {
  await runToEnd(composeArchiver(environment), stores.settings)
  const saved = savedBefore(Date.now() + hourMs)
  let now = Date.now()
  const handler = instanceOf({
    consumer: composeAggregator(environment),
    reader,
    checkpoints: environment.checkpoints,
    saveIntervalMs: hourMs,
    now: () => now,
  })
  // Warm, it saves with the first batch, and from then on only notes.
  for (const { shardId } of await reader.listShards()) {
    const after = (await environment.checkpoints.find('aggregator', shardId))?.sequence
    const { records } = await reader.open(shardId, after).read(10_000)
    for (const record of records) expect(await handler(batchOf(shardId, [record]))).toEqual({ batchItemFailures: [] })
  }
  expect(await saved.look()).toBe(false)
  now += 31_000
  await handler(onSchedule)
  expect(await saved.look()).toBe(true)
})
