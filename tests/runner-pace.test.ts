/** How often the runner reads, where it begins, and what is too old for it. */
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { Runner } from '../consumers/runtime/runner.ts'
import { createShardReader } from '../consumers/runtime/shard-reader.ts'
import { createFaultProxy } from '../load-test/faults/proxy.ts'
import { quarantinedIn } from './support/poison.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, putTraffic, runToEnd, shardReader, traffic } from './support/stream.ts'

const recordCount = 51
let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, traffic(recordCount * 5))
})
afterAll(() => stores.close())

describe('the pace of the runner', () => {
  it('reads a shard at most five times a second, also when there is always more to read', async () => {
    const environment = await freshEnvironment('paced')
    const reads: number[] = []
    const reader = shardReader(stores.settings)
    await new Promise<void>((resolve, reject) => {
      const runner = new Runner({
        consumer: composeAggregator(environment),
        reader: {
          listShards: async () => (await reader.listShards()).slice(0, 1),
          open: (shardId, after) => {
            const cursor = reader.open(shardId, after)
            return {
              async read(limit) {
                reads.push(performance.now())
                if (reads.length === 6) runner.stop()
                return { ...(await cursor.read(limit)), millisBehind: 1 }
              },
            }
          },
        },
        pace: { pollMs: 1, windowMs: 0, batchRecords: 1, saveIntervalMs: 10_000 },
        now: () => performance.now(),
        onFault: () => {},
      })
      runner.run().then(resolve, reject)
    })
    expect((reads.at(5) ?? 0) - (reads[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('takes a throttled read for an empty one, and reads on where it stood', async () => {
    const target = process.env.AWS_ENDPOINT_URL_KINESIS as string
    const proxy = await createFaultProxy({ target, seed: 1, rules: [], now: () => 0 })
    const client = new KinesisClient({ endpoint: proxy.url, maxAttempts: 1, requestHandler: new NodeHttpHandler() })
    const reader = createShardReader(client, stores.settings.RETRACE_STREAM)
    for (const { shardId } of await reader.listShards()) {
      const cursor = reader.open(shardId, undefined)
      const first = await cursor.read(3)
      proxy.setRules([{ kind: 'throttle', operation: 'GetRecords' }])
      expect(await cursor.read(3)).toMatchObject({ records: [], ended: false })
      proxy.setRules([])
      const all = await shardReader(stores.settings).open(shardId, undefined).read(6)
      expect([...first.records, ...(await cursor.read(3)).records]).toEqual(all.records)
    }
    await proxy.close()
  })

  it('hands records that are too old to the quarantine unread, and begins with the latest when told so', async () => {
    const environment = await freshEnvironment('old')
    await runToEnd(composeAggregator(environment), stores.settings, 50, { maxRecordAgeMs: -60_000 })
    expect(await quarantinedIn('old', 'aggregator')).toHaveLength(recordCount)
    expect(await dumpTable('old-cells')).toEqual([])

    const later = await freshEnvironment('latest')
    await runToEnd(composeAggregator(later), stores.settings, 50, { startingPosition: 'LATEST' })
    expect(await dumpTable('latest-cells')).toEqual([])
  })
})
