/** How far consumers are behind: what is counted, what is estimated, what is written and when. */
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import type { StreamRecord } from '../consumers/runtime/consumer.ts'
import { createBatchReporter, createLagReporter, type LagReporterOptions } from '../consumers/runtime/lag-reporter.ts'
import { createLagStore, type LagStore } from '../consumers/runtime/lag-store.ts'
import { LagTracker } from '../consumers/runtime/lag-tracker.ts'
import { consumerService } from '../consumers/runtime/process.ts'
import { type Lag, lagFromItem, pauseMs } from '../consumers/runtime/shapes/lag.ts'
import { noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, traffic } from './support/stream.ts'

const shard = 'shardId-000000000000'

/** Records that arrived at these times. */
const arrived = (...times: number[]): StreamRecord[] =>
  times.map((arrivedAt) => ({ sequenceNumber: String(arrivedAt), data: new Uint8Array(), arrivedAt }))

describe('the lag of a shard', () => {
  it('is nothing when everything is read and handled', () => {
    const tracker = new LagTracker()
    const records = arrived(noon, noon + 10)
    tracker.read(records, 0)
    tracker.handled(records, noon + 100)
    expect(tracker.figures(noon + 5000)).toEqual({
      behindMs: 0,
      behindRecords: 0,
      position: String(noon + 10),
      arrivedAt: noon + 10,
      handledAt: noon + 100,
      activeSince: noon,
      handledRecords: 2,
    })
  })

  it('counts what is read and not handled, from its oldest record on', () => {
    const tracker = new LagTracker()
    tracker.read(arrived(noon, noon + 10), 0)
    tracker.read(arrived(noon + 20), 0)
    expect(tracker.figures(noon + 3000)).toMatchObject({ behindMs: 3000, behindRecords: 3, handledRecords: 0 })
    tracker.handled(arrived(noon), noon + 3000)
    expect(tracker.figures(noon + 3010)).toMatchObject({ behindMs: 3000, behindRecords: 2, handledRecords: 1 })
  })

  it('estimates what is not read by the rate at which records have been arriving', () => {
    const tracker = new LagTracker()
    // One every 100 ms, for two seconds.
    const records = arrived(...Array.from({ length: 21 }, (_, i) => noon + i * 100))
    tracker.read(records.slice(0, 1), 0)
    tracker.read(records.slice(1), 30_000)
    tracker.handled(records, noon + 32_000)
    expect(tracker.figures(noon + 32_000)).toMatchObject({ behindMs: 30_000, behindRecords: 300 })
  })

  it('knows since when records have been coming without a long pause', () => {
    const tracker = new LagTracker()
    const since = () => tracker.figures(noon).activeSince
    tracker.read(arrived(noon, noon + pauseMs - 1), 0)
    expect(since()).toBe(noon)
    tracker.read(arrived(noon + 3 * pauseMs, noon + 3 * pauseMs + 5), 0)
    expect(since()).toBe(noon + 3 * pauseMs)
  })

  it('does not count twice what is read again after a failure', () => {
    const tracker = new LagTracker()
    const records = arrived(noon, noon + 100)
    tracker.read(records, 0)
    tracker.opened(undefined)
    tracker.read(records, 0)
    expect(tracker.figures(noon + 1000)).toMatchObject({ behindMs: 1000, behindRecords: 2 })
  })
})

/** A table that holds what is written in an array, and answers at once or never. */
function reporting(put: LagStore['put'] = async () => {}) {
  const written: Lag[] = []
  const removed: string[] = []
  const faults: unknown[] = []
  const clock = { now: noon }
  const options: LagReporterOptions = {
    consumer: 'aggregator',
    windowMs: 400,
    store: {
      put: (lag) => {
        written.push(lag)
        return put(lag)
      },
      remove: async (_, shardId) => {
        removed.push(shardId)
      },
    },
    now: () => clock.now,
    onFault: (_, error) => faults.push(error),
  }
  return { written, removed, faults, clock, options }
}

describe('reports of a runner', () => {
  it('come every two seconds while something changes, and every thirty at rest', async () => {
    const { written, clock, options } = reporting()
    const reporter = createLagReporter(options)
    const reportedAfter = async (untilMs: number, records: () => StreamRecord[]) => {
      const before = written.length
      for (const end = clock.now + untilMs; clock.now < end; clock.now += 100) {
        const next = records()
        reporter.read(shard, next, 0)
        if (next.length > 0) reporter.handled(shard, next, 0)
        await reporter.settled()
      }
      return written.length - before
    }
    expect(await reportedAfter(60_000, () => arrived(clock.now))).toBe(30)
    const atRest = await reportedAfter(60_000, () => [])
    expect(atRest).toBeGreaterThanOrEqual(2)
    expect(atRest).toBeLessThanOrEqual(3)
    expect(written.at(-1)).toMatchObject({ behindMs: 0, reportsWithinMs: 30_000, windowMs: 400, handledRecords: 600 })
  })

  it('are written one at a time, and hold up nobody when the table does not answer', () => {
    const { written, clock, options } = reporting(() => new Promise(() => {}))
    const reporter = createLagReporter(options)
    for (let i = 0; i < 100; i++, clock.now += 1000) reporter.read(shard, arrived(clock.now), 0)
    expect(written).toHaveLength(1)
  })

  it('go on after one that failed', async () => {
    const { written, faults, clock, options } = reporting(() => Promise.reject(new Error('throttled')))
    const reporter = createLagReporter(options)
    for (let i = 0; i < 5; i++, clock.now += 1000) {
      reporter.read(shard, arrived(clock.now), 0)
      await reporter.settled()
    }
    expect([written.length, faults.length]).toEqual([3, 3])
  })
})

describe('the report of a shard', () => {
  it('goes when the shard is closed and handled to its end, after whatever was being written', async () => {
    let finish = () => {}
    const { removed, options } = reporting(
      () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    )
    const reporter = createLagReporter(options)
    reporter.read(shard, [], 0)
    reporter.ended(shard)
    expect(removed).toEqual([])
    finish()
    await reporter.settled()
    expect(removed).toEqual([shard])
  })
})

describe('reports of Lambda', () => {
  it('come with each batch, promise none in between, and fail no batch', async () => {
    const { written, faults, clock, options } = reporting(() => Promise.reject(new Error('throttled')))
    const report = createBatchReporter(options)
    await report(shard, arrived(noon - 9000, noon - 8000))
    clock.now += 500
    await report(shard, arrived(noon - 7000))
    expect(written).toMatchObject([
      { behindMs: 8000, reportsWithinMs: undefined, arrivedAt: noon - 8000, handledRecords: 2 },
      { behindMs: 7500, reportsWithinMs: undefined, arrivedAt: noon - 7000, handledRecords: 3 },
    ])
    expect(faults).toHaveLength(2)
  })
})

describe('the table', () => {
  let stores: TestStores
  const lagsIn = async (table: string) => {
    const { Items = [] } = await new DynamoDBClient({}).send(new ScanCommand({ TableName: table }))
    return Items.map(lagFromItem)
  }

  beforeAll(async () => {
    stores = await startStores()
  })
  afterAll(() => stores.close())

  it('keeps when the last record was handled, whatever a restart has forgotten', async () => {
    const { clients, table } = await freshEnvironment('restarted')
    const store = createLagStore(clients.dynamo, table('lag'))
    const lag = { consumer: 'archiver', shardId: shard, reportsWithinMs: 30_000, windowMs: 400, behindRecords: 0 }
    const handled = {
      ...lag,
      behindMs: 0,
      position: '7',
      handledAt: noon,
      arrivedAt: noon - 50,
      activeSince: noon - 50,
    }
    await store.put({ ...handled, handledRecords: 3, reportedAt: noon })
    const forgotten = { position: undefined, handledAt: undefined, arrivedAt: undefined, activeSince: undefined }
    await store.put({ ...lag, ...forgotten, behindMs: 12, handledRecords: 0, reportedAt: noon + 1 })
    expect(await lagsIn(table('lag'))).toEqual([{ ...handled, behindMs: 12, handledRecords: 0, reportedAt: noon + 1 }])
    await store.remove('archiver', shard)
    expect(await lagsIn(table('lag'))).toEqual([])
  })

  it('tells of every shard that a running consumer reads, and of all its records', async () => {
    await putTraffic(stores.settings, traffic(100))
    const environment = await freshEnvironment('running')
    const pace = { pollMs: 10, windowMs: 0, batchRecords: 1000, saveIntervalMs: 1000 }
    const service = consumerService(environment, composeAggregator(environment), pace)
    await service.start()
    const lags = await eventually(async () => {
      const found = await lagsIn('running-lag')
      const handled = found.reduce((sum, { handledRecords }) => sum + handledRecords, 0)
      return found.length === 2 && handled === 20 && found.every(({ behindMs }) => behindMs === 0) && found
    })
    await service.stop()
    expect(lags.find(({ handledRecords }) => handledRecords === 20)).toMatchObject({
      consumer: 'aggregator',
      position: expect.stringMatching(/^\d+$/),
      arrivedAt: expect.any(Number),
    })
  })
})
