/** A record that a consumer's own code fails on is passed over, alone; a store that fails is waited for. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { KinesisStreamEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeAnomalyDetector } from '../consumers/anomaly-detector/compose.ts'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { createParquetSink } from '../consumers/archiver/parquet-sink.ts'
import { createCheckpoints } from '../consumers/runtime/checkpoints.ts'
import type { Consumer, StreamRecord } from '../consumers/runtime/consumer.ts'
import { createLambdaHandler } from '../consumers/runtime/lambda.ts'
import { createObjects } from '../consumers/runtime/objects.ts'
import { createQuarantine, parseQuarantineKey, type Quarantined } from '../consumers/runtime/quarantine.ts'
import { Runner } from '../consumers/runtime/runner.ts'
import { createShardReader } from '../consumers/runtime/shard-reader.ts'
import { createFaultProxy } from '../load-test/faults/proxy.ts'
import type { FaultRule } from '../load-test/faults/rules.ts'
import { provision } from '../local/provision.ts'
import { readSettings } from '../stream/settings.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { failing } from './support/failing.ts'
import { archivedRows, countedEvents } from './support/figures.ts'
import { startStores, type TestStores } from './support/stores.ts'
import {
  dumpTable,
  freshEnvironment,
  listObjects,
  putRecords,
  runToEnd,
  seededRandom,
  shardReader,
  traffic,
} from './support/stream.ts'
import { wrapped } from './support/wrapped.ts'

/** A time that is no date: whoever looks for its day or hour fails. Deliveries before it are in the record too. */
const poison = (n: number) =>
  aRecord(
    [
      aDelivery({ events: [anEvent({ load: 'abcdefabcdefabcd', n })] }),
      { ...aDelivery(), received: 1e20, sentAt: noon },
    ],
    { producerId: 'badbadbadbadbadb', producerSequence: n, createdAt: noon },
  )
const isPoison = ({ data }: StreamRecord) => Buffer.from(data).toString('hex', 16, 24) === 'badbadbadbadbadb'

/** At the beginning, in the middle, two in a row, and at the end. */
const recordCount = 51
const poisonAt = [0, 15, 30, 31, 50]
let stores: TestStores
/** Sequence numbers of the poison records, in order. */
let poisoned: string[]
/** The cells of the same stream without them. */
let withoutPoison: string[]

beforeAll(async () => {
  stores = await startStores()
  const all = traffic(recordCount * 5)
  const batches = Array.from({ length: recordCount }, (_, i) => all.slice(i * 5, i * 5 + 5))
  await putRecords(
    stores.settings,
    batches.map((batch, i) => (poisonAt.includes(i) ? poison(i) : aRecord(batch, { producerSequence: i }))),
  )
  const environment = await freshEnvironment('without')
  await runToEnd(leavingOut(composeAggregator(environment), isPoison), stores.settings)
  withoutPoison = await dumpTable('without-cells')
  poisoned = []
  const reader = shardReader(stores.settings)
  for (const { shardId } of await reader.listShards())
    for (const record of (await reader.open(shardId, undefined).read(1000)).records)
      if (isPoison(record)) poisoned.push(record.sequenceNumber)
  expect(poisoned).toHaveLength(poisonAt.length)
})
afterAll(() => stores.close())

/** The same consumer on a stream without some records. */
function leavingOut(consumer: Consumer, isLeftOut: (record: StreamRecord) => boolean): Consumer {
  return wrapped(consumer, (opened) => ({
    handle: (records) => opened.handle(records.filter((record) => !isLeftOut(record))),
  }))
}

async function quarantinedIn(bucket: string, consumer: string): Promise<string[]> {
  const keys = await listObjects(bucket, `quarantine/${consumer}/`)
  return keys.map((key) => parseQuarantineKey(key)?.sequenceNumber ?? key)
}

describe('poison records in the runner', () => {
  it.each([1, 7, 1000])('leave the cells of the stream without them, in batches of %i', async (size) => {
    const name = `batches-${size}`
    const environment = await freshEnvironment(name)
    await runToEnd(composeAggregator(environment), stores.settings, size)
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

  it.each([1, 2])('leave the same while stores fail at random (seed %i)', async (seed) => {
    const name = `unsteady-${seed}`
    const environment = await freshEnvironment(name)
    const random = seededRandom(seed)
    const cells = createCellStore(environment.clients.dynamo, environment.table('cells'))
    const aggregator = createAggregator({
      checkpoints: failing(environment.checkpoints, 0.02, random),
      objects: failing(environment.objects, 0.02, random),
      cells: failing(cells, 0.01, random),
      ledger: environment.ledger,
      quarantine: environment.quarantine,
      breakdownDelayMs: 0,
      now: Date.now,
    })
    await runToEnd(aggregator, stores.settings, 20)
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

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

describe('a store that is down', () => {
  it('puts nothing but poison into the quarantine, however often it fails', async () => {
    const environment = await freshEnvironment('outage')
    const proxies = await Promise.all(
      ['DYNAMODB', 'S3'].map((service) =>
        createFaultProxy({
          target: process.env[`AWS_ENDPOINT_URL_${service}`] as string,
          seed: 1,
          rules: [],
          now: () => 0,
        }),
      ),
    )
    const oneAttempt = { maxAttempts: 1, requestHandler: new NodeHttpHandler() }
    const dynamo = new DynamoDBClient({ endpoint: proxies[0]?.url ?? '', ...oneAttempt })
    const s3 = new S3Client({ endpoint: proxies[1]?.url ?? '', forcePathStyle: true, ...oneAttempt })
    const objects = createObjects(s3, 'outage')
    const faults: unknown[] = []
    let caughtUp = false
    const runner = new Runner({
      consumer: composeAggregator({
        ...environment,
        clients: { ...environment.clients, dynamo },
        checkpoints: createCheckpoints(dynamo, 'outage-checkpoints'),
        objects,
        quarantine: createQuarantine(objects, () => {}),
      }),
      reader: shardReader(stores.settings),
      pace: {
        pollMs: 1,
        windowMs: 0,
        batchRecords: 10,
        saveIntervalMs: 5,
        readIntervalMs: 0,
        isolation: { retryAttempts: 1, bisect: true, retryDelayMs: 1 },
      },
      retryMs: { first: 1, most: 5 },
      now: Date.now,
      onFault: (_, error) => faults.push(error),
    })
    const rounds: FaultRule[][] = [
      [{ kind: 'throttle' }],
      [{ kind: 'error500', when: { probability: 0.3 } }],
      [{ kind: 'refuse', when: { probability: 0.3 } }],
      [{ kind: 'lostAnswer', when: { probability: 0.2 } }],
    ]
    const running = runner.run()
    for (const rules of rounds) {
      for (const proxy of proxies) proxy.setRules(rules)
      const before = faults.length
      await eventually(() => faults.length >= before + 15, { timeoutMs: 30_000 })
    }
    for (const proxy of proxies) proxy.setRules([])
    await eventually(
      async () => {
        const cells = await dumpTable('outage-cells')
        caughtUp = cells.length === withoutPoison.length && cells.every((cell, i) => cell === withoutPoison[i])
        return caughtUp
      },
      { timeoutMs: 30_000, everyMs: 200 },
    )
    runner.stop()
    await running
    for (const proxy of proxies) await proxy.close()
    expect(caughtUp).toBe(true)
    expect(await quarantinedIn('outage', 'aggregator')).toEqual(poisoned)
  })
})

describe('poison records in Lambda', () => {
  const eventOf = (shardId: string, records: readonly StreamRecord[]) =>
    ({
      Records: records.map(({ sequenceNumber, data, arrivedAt }) => ({
        eventID: `${shardId}:${sequenceNumber}`,
        kinesis: {
          sequenceNumber,
          partitionKey: 'test',
          data: Buffer.from(data).toString('base64'),
          approximateArrivalTimestamp: arrivedAt / 1000,
        },
      })),
    }) as KinesisStreamEvent

  it.each([1, 9, 1000])('are passed over in batches of %i, and nothing is asked for again', async (size) => {
    const name = `lambda-poison-${size}`
    const environment = await freshEnvironment(name)
    const reader = shardReader(stores.settings)
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      let handler = createLambdaHandler(composeAggregator(environment), reader, () => {})
      for (let from = 0, batch = 0; from < records.length; from += size, batch++) {
        if (batch % 4 === 3) handler = createLambdaHandler(composeAggregator(environment), reader, () => {})
        const event = eventOf(shardId, records.slice(from, from + size))
        expect(await handler(event)).toEqual({ batchItemFailures: [] })
        if (batch % 3 === 2) expect(await handler(event)).toEqual({ batchItemFailures: [] })
      }
    }
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

  it('stay with Lambda when it is the store that fails', async () => {
    const environment = await freshEnvironment('lambda-outage')
    const reader = shardReader(stores.settings)
    const cells = failing(createCellStore(environment.clients.dynamo, environment.table('cells')), 1, () => 0)
    const handler = createLambdaHandler(
      createAggregator({ ...environment, cells, breakdownDelayMs: 0, now: Date.now }),
      reader,
      () => {},
    )
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      const sound = records.filter((record) => !isPoison(record))
      if (sound.length === 0) continue
      const answer = await handler(eventOf(shardId, sound))
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sound[0]?.sequenceNumber }] })
    }
    expect(await quarantinedIn('lambda-outage', 'aggregator')).toEqual([])
  })
})

describe('one poison record among 10,000', () => {
  const settings = () => readSettings({ ...process.env, RETRACE_STREAM: 'long', RETRACE_ADMIN_TOKEN: 'test-token' })

  beforeAll(async () => {
    await provision(settings(), noon)
    const records = Array.from({ length: 10_000 }, (_, i) => {
      if (i === 6789) return poison(i)
      const load = Math.floor(i / 10)
        .toString(16)
        .padStart(16, '0')
      const visitor = load.replaceAll('0', 'f')
      const event = anEvent({ load, n: i % 10, at: noon + i * 10 })
      return aRecord([aDelivery({ visitor, events: [event] })], { producerSequence: i })
    })
    await putRecords(settings(), records)
  }, 60_000)

  it('is passed over by the aggregator within a minute; the other 9,999 are counted', async () => {
    const environment = await freshEnvironment('long-cells')
    const startedAt = performance.now()
    await runToEnd(composeAggregator(environment), settings(), 2000, { readIntervalMs: 200, saveIntervalMs: 10_000 })
    expect(performance.now() - startedAt).toBeLessThan(60_000)
    expect(await quarantinedIn('long-cells', 'aggregator')).toHaveLength(1)
    expect(await countedEvents('long-cells-cells')).toBe(9999)
  })

  it('is passed over by the archiver within a minute; the other 9,999 are rows', async () => {
    const environment = await freshEnvironment('long-archive')
    const startedAt = performance.now()
    await runToEnd(composeArchiver(environment), settings(), 5000, { readIntervalMs: 200 })
    expect(performance.now() - startedAt).toBeLessThan(60_000)
    expect(await quarantinedIn('long-archive', 'archiver')).toHaveLength(1)
    const rows = await archivedRows(environment)
    expect(rows).toHaveLength(9999)
    expect(new Set(rows.map(({ sequence }) => sequence)).size).toBe(9999)
  })
})

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
