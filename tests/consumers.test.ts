/** What consumers leave behind is the same whatever happened to them on the way. */
import { KinesisClient, SplitShardCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import type { Consumer } from '../consumers/runtime/consumer.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { failing } from './support/failing.ts'
import { batchOf, bringAll, instanceOf, onSchedule } from './support/lambda.ts'
import { startStores, type TestStores } from './support/stores.ts'
import {
  dumpTable,
  freshEnvironment,
  listObjects,
  putRecords,
  putTraffic,
  runToEnd,
  seededRandom,
  shardReader,
  traffic,
} from './support/stream.ts'

const deliveries = traffic(600)
let stores: TestStores
/** The cells of a run in which nothing happened. */
let undisturbed: string[]

beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
  const environment = await freshEnvironment('undisturbed')
  await runToEnd(composeAggregator(environment), stores.settings)
  undisturbed = await dumpTable('undisturbed-cells')
})
afterAll(() => stores.close())

function aggregatorThatFails(environment: ConsumerEnvironment, chance: number, seed: number): Consumer {
  const random = seededRandom(seed)
  return createAggregator({
    checkpoints: failing(environment.checkpoints, chance, random),
    objects: failing(environment.objects, chance, random),
    cells: failing(createCellStore(environment.clients.dynamo, environment.table), chance, random),
    cuts: failing(createCutStore(environment.clients.dynamo, environment.table('control')), chance, random),
    ledger: failing(environment.ledger, chance, random),
    quarantine: environment.quarantine,
    breakdownDelayMs: 0,
    now: Date.now,
  })
}

describe('the aggregator', () => {
  it('counts something worth comparing', () => {
    expect(undisturbed.length).toBeGreaterThan(30)
  })

  // Hundreds of tries, each with its pause.
  it.each([1, 2, 3])(
    'leaves the same cells when its stores fail at random (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const environment = await freshEnvironment(`failing-${seed}`)
      await runToEnd(aggregatorThatFails(environment, 0.01, seed), stores.settings)
      expect(await dumpTable(`failing-${seed}-cells`)).toEqual(undisturbed)
    },
  )

  it('leaves the same cells when it is thrown away and started again without a save', async () => {
    const environment = await freshEnvironment('crashing')
    const reader = shardReader(stores.settings)
    for (const shard of await reader.listShards()) {
      for (const records of [3, 40, 11]) {
        const abandoned = await composeAggregator(environment).open(shard)
        await abandoned.handle((await reader.open(shard.shardId, abandoned.position).read(records)).records)
      }
    }
    await runToEnd(composeAggregator(environment), stores.settings)
    expect(await dumpTable('crashing-cells')).toEqual(undisturbed)
  })

  it('leaves the same cells when two run on every shard at the same time', async () => {
    const environment = await freshEnvironment('twice')
    await Promise.all([
      runToEnd(composeAggregator(environment), stores.settings, 7),
      runToEnd(composeAggregator(environment), stores.settings, 5),
    ])
    expect(await dumpTable('twice-cells')).toEqual(undisturbed)
  }, 120_000)

  it.each([
    { size: 1, saveIntervalMs: 0 },
    { size: 17, saveIntervalMs: 0 },
    { size: 1000, saveIntervalMs: 0 },
    { size: 17, saveIntervalMs: 60_000 },
  ])(
    'leaves the same cells in Lambda, in batches of $size, saved every $saveIntervalMs ms, with cold starts between',
    async ({ size, saveIntervalMs }) => {
      const name = `lambda-${size}-${saveIntervalMs}`
      const environment = await freshEnvironment(name)
      const { checkpoints } = environment
      const reader = shardReader(stores.settings)
      const start = (now = Date.now) =>
        instanceOf({ consumer: composeAggregator(environment), reader, checkpoints, saveIntervalMs, now })
      expect(await bringAll(start, reader, { size, coldEvery: 5, twiceEvery: 7 })).toEqual([])
      const later = () => Date.now() + 60_000
      expect(await start(later)(onSchedule)).toEqual({ batchItemFailures: [] })
      expect(await dumpTable(`${name}-cells`)).toEqual(undisturbed)
      expect(await checkpoints.unsaved('aggregator')).toEqual([])
    },
  )

  it('asks Lambda for the whole batch again when a store fails', async () => {
    const environment = await freshEnvironment('lambda-failing')
    const reader = shardReader(stores.settings)
    const [shard] = await reader.listShards()
    const shardId = shard?.shardId ?? ''
    const faults: unknown[] = []
    const { checkpoints } = environment
    const onFault = (_: string, error: unknown) => faults.push(error)
    const handler = instanceOf({ consumer: aggregatorThatFails(environment, 1, 1), reader, checkpoints, onFault })
    const batch = batchOf(shardId, [{ sequenceNumber: '1', data: Buffer.of(), arrivedAt: 1000 }])
    expect(await handler(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] })
    expect(faults).toHaveLength(1)
  })
})

describe('all consumers', () => {
  it('quarantine what they cannot decode, with the reason, and go on behind it', async () => {
    await putRecords(stores.settings, [Buffer.from('not a record of ours')], 'garbage')
    const environment = await freshEnvironment('quarantined')
    await runToEnd(composeAggregator(environment), stores.settings)
    expect(await dumpTable('quarantined-cells')).toEqual(undisturbed)
    const [key = '', ...others] = await listObjects('quarantined', 'quarantine/')
    expect(others).toEqual([])
    expect(Buffer.from(await environment.objects.get(key)).toString()).toBe('not a record of ours')
  })

  it('go on in the children of a shard that was split, and count nothing twice', async () => {
    const { settings } = stores
    const environment = await freshEnvironment('split')
    await runToEnd(composeAggregator(environment), settings)
    const reader = shardReader(settings)
    for (const shard of (await reader.listShards()).filter(({ closed }) => !closed)) {
      const middle = BigInt(shard.startingHashKey) + 2n ** 126n
      await new KinesisClient({ requestHandler: new NodeHttpHandler() }).send(
        new SplitShardCommand({
          StreamName: settings.RETRACE_STREAM,
          ShardToSplit: shard.shardId,
          NewStartingHashKey: String(middle),
        }),
      )
    }
    // The same events again, now in the children: they know from their parents what was counted.
    await putTraffic(settings, deliveries)
    await runToEnd(composeAggregator(environment), settings)
    expect(await dumpTable('split-cells')).toEqual(undisturbed)
    const checkpoints = (await dumpTable('split-checkpoints')).filter(
      (item) => item.includes('"ended"') || item.includes('ended={"BOOL":true}'),
    )
    expect(checkpoints).toHaveLength(2)
  })
})
