/** A record that a consumer's own code fails on is passed over, alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { composeAnomalyDetector } from '../consumers/anomaly-detector/compose.ts'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { parquetStores } from '../consumers/archiver/compose.ts'
import { createParquetSink } from '../consumers/archiver/parquet-sink.ts'
import { createQuarantine, type Quarantined } from '../consumers/runtime/quarantine.ts'
import { failing } from './support/failing.ts'
import { archivedRows } from './support/figures.ts'
import {
  isPoison,
  leavingOut,
  poison,
  poisonAt,
  putPoisonedTraffic,
  quarantinedIn,
  recordCount,
} from './support/poison.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, listObjects, runToEnd, seededRandom, shardReader } from './support/stream.ts'

let stores: TestStores
let poisoned: string[]
let withoutPoison: string[]

beforeAll(async () => {
  stores = await startStores()
  ;({ poisoned, withoutPoison } = await putPoisonedTraffic(stores.settings))
})
afterAll(() => stores.close())

describe('poison records in the runner', () => {
  it.each([1, 7, 1000])('leave the cells of the stream without them, in batches of %i', async (size) => {
    const name = `batches-${size}`
    const environment = await freshEnvironment(name)
    await runToEnd(composeAggregator(environment), stores.settings, size)
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

  it.each([1, 2])(
    'leave the same while stores fail at random (seed %i)',
    async (seed) => {
      const name = `unsteady-${seed}`
      const environment = await freshEnvironment(name)
      const random = seededRandom(seed)
      const cells = createCellStore(environment.clients.dynamo, environment.table)
      const aggregator = createAggregator({
        checkpoints: failing(environment.checkpoints, 0.02, random),
        objects: failing(environment.objects, 0.02, random),
        cells: failing(cells, 0.01, random),
        ledger: environment.ledger,
        quarantine: environment.quarantine,
        cuts: createCutStore(environment.clients.dynamo, environment.table('control')),
        breakdownDelayMs: 0,
        now: Date.now,
      })
      await runToEnd(aggregator, stores.settings, 20)
      expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
      expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
      // Hundreds of tries, each with its pause.
    },
    120_000,
  )

  it('are found again by whoever starts after a death between quarantine and save, with the same result', async () => {
    const environment = await freshEnvironment('restarted')
    const reader = shardReader(stores.settings)
    for (const shard of await reader.listShards()) {
      const { records } = await reader.open(shard.shardId, undefined).read(31)
      const abandoned = await composeAggregator(environment).open(shard)
      for (const record of records) {
        if (isPoison(record)) await abandoned.passOver(record, { code: 'consumer_failed', reason: 'as found before' })
        else await abandoned.handle([record])
      }
    }
    await runToEnd(composeAggregator(environment), stores.settings, 50)
    expect(await dumpTable('restarted-cells')).toEqual(withoutPoison)
    expect(await quarantinedIn('restarted', 'aggregator')).toEqual(poisoned)
  })

  it('go to the quarantine whole with their batch when it is not to be bisected', async () => {
    const environment = await freshEnvironment('whole')
    const isolation = { retryAttempts: 0, bisect: false, retryDelayMs: 1 }
    await runToEnd(composeAggregator(environment), stores.settings, 10, { isolation })
    const kept = await quarantinedIn('whole', 'aggregator')
    expect(kept).toEqual(expect.arrayContaining(poisoned))
    expect(kept).toHaveLength(31)
  })

  it('are kept with their bytes, reason and consumer, and told to whoever counts', async () => {
    const environment = await freshEnvironment('told')
    const told: Quarantined[] = []
    const quarantine = createQuarantine(environment.objects, (entry) => told.push(entry))
    await runToEnd(composeAggregator({ ...environment, quarantine }), stores.settings)
    expect(told.map(({ sequenceNumber }) => sequenceNumber)).toEqual(poisoned)
    expect(told[0]).toMatchObject({ consumer: 'aggregator', code: 'consumer_failed', events: 2 })
    expect(told[0]?.reason).toMatch(/RangeError/)
    const [key = ''] = await listObjects('told', 'quarantine/')
    expect(Buffer.from(await environment.objects.get(key)).equals(poison(0))).toBe(true)
  })
})

describe('poison records in the archiver', () => {
  it('are no rows; every other event is one, while stores fail at random', async () => {
    const environment = await freshEnvironment('archived-poison')
    const random = seededRandom(3)
    const objects = failing(environment.objects, 0.03, random)
    const archiver = createArchiver({
      ...environment,
      objects,
      sinks: [createParquetSink({ ...parquetStores(environment), objects })],
      checkpoints: failing(environment.checkpoints, 0.03, random),
    })
    await runToEnd(archiver, stores.settings, 20)
    expect(await quarantinedIn('archived-poison', 'archiver')).toEqual(poisoned)
    const rows = await archivedRows(environment)
    expect(rows).toHaveLength(5 * (recordCount - poisonAt.length))
    expect(new Set(rows.map(({ sequence, index }) => `${sequence} ${index}`)).size).toBe(rows.length)
  })
})

describe('poison records in the anomaly detector', () => {
  it('are passed over, and its minutes are those of the stream without them', async () => {
    const environment = await freshEnvironment('watched-poison')
    await runToEnd(composeAnomalyDetector(environment), stores.settings)
    expect(await quarantinedIn('watched-poison', 'anomaly-detector')).toEqual(poisoned)
    const control = await freshEnvironment('watched')
    await runToEnd(leavingOut(composeAnomalyDetector(control), isPoison), stores.settings)
    expect(await dumpTable('watched-poison-minutes')).toEqual(await dumpTable('watched-minutes'))
  })
})
