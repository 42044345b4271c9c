/** What Kinesis does not take goes to S3, is acknowledged from there, and comes back into the stream. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoreResult } from '../ingest/batch.ts'
import { createKinesisClient, listShards, putRecordsTo } from '../ingest/kinesis.ts'
import { Metrics } from '../ingest/metrics.ts'
import { createS3Client, deleteOverflow, getOverflow, listOverflow, putOverflowTo } from '../ingest/overflow.ts'
import { Producer } from '../ingest/producer.ts'
import { coalesce, type PutRecords } from '../ingest/put-records.ts'
import { redrive } from '../ingest/redriver/redrive.ts'
import { nextRoute, type RouteEvent, type RouteState, routeTransitions } from '../ingest/route-state.ts'
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

/** A producer whose Kinesis and shard list can be taken away. */
function makeProducer(name: string) {
  const { RETRACE_STREAM, RETRACE_BUCKET } = stores.settings
  const kinesis = createKinesisClient()
  const s3 = createS3Client()
  const metrics = new Metrics()
  const real = putRecordsTo(kinesis, RETRACE_STREAM)
  const down: PutRecords = async (records) =>
    records.map(() => ({ stored: false, throttled: true, cause: new Error('down') }))
  const state = { kinesis: true, overflow: true, shards: true }
  const putOverflow = putOverflowTo(s3, RETRACE_BUCKET)
  const producer = new Producer({
    lingerMs: 5,
    maxBatchBytes: 64 * 1024,
    maxInFlightBytes: 10_000,
    patienceMs: 50,
    probes: 'in the background',
    putTogether: coalesce((records) => (state.kinesis ? real : down)(records)),
    putAlone: (records) => (state.kinesis ? real : down)(records),
    putOverflow: async (record) => (state.overflow ? putOverflow(record) : { stored: false, cause: new Error('down') }),
    listShards: (): Promise<Shard[]> =>
      state.shards ? listShards(kinesis, RETRACE_STREAM) : Promise.reject(new Error('down')),
    checkOverflow: async () => {
      if (!state.overflow) throw new Error('down')
    },
    metrics,
    onFault: () => {},
    now: Date.now,
  })
  let n = 0
  const store = (routing = 0) => {
    const entry = anEntry(aDelivery({ site: name, events: [anEvent({ n: n++ })] }))
    return new Promise<StoreResult>((settle) => producer.store(routing, entry, settle))
  }
  return { producer, state, store, metrics }
}

const metricsText = (metrics: Metrics) =>
  metrics.text({ inFlightBytes: 0, overflow: undefined, residentBytes: 0, cpuSeconds: 0 })

async function storedNumbers(site: string): Promise<number[]> {
  const reader = shardReader(stores.settings)
  const numbers: number[] = []
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(10_000)
    for (const { data } of records) {
      const decoded = decodeRecord(data)
      if (!decoded.ok) throw new Error(decoded.error.message)
      for (const delivery of decoded.deliveries)
        if (delivery.site === site) numbers.push(...delivery.events.map(({ n }) => n))
    }
  }
  return numbers
}

function redriveStores(putRecords = putRecordsTo(createKinesisClient(), stores.settings.RETRACE_STREAM)) {
  const s3 = createS3Client()
  const bucket = stores.settings.RETRACE_BUCKET
  return {
    list: (limit: number) => listOverflow(s3, bucket, limit),
    get: (key: string) => getOverflow(s3, bucket, key),
    delete: (key: string) => deleteOverflow(s3, bucket, key),
    putRecords,
  }
}

describe('the overflow', () => {
  it('takes what Kinesis refuses, and the redriver brings it back, each event once to the consumers', async () => {
    const { state, store, producer, metrics } = makeProducer('outage')
    expect(await store()).toMatchObject({ ok: true })
    state.kinesis = false
    for (let i = 0; i < 5; i++) expect(await store()).toMatchObject({ ok: true })
    expect(await producer.isReady()).toBe(true)
    const waiting = await redriveStores().list(100)
    expect(waiting).toHaveLength(5)
    expect(metricsText(metrics)).toMatch(/retrace_route\{shard="[^"]+"\} 1\n/)

    state.kinesis = true
    expect(await redrive(redriveStores())).toEqual({ redriven: 5, refused: false, empty: true })
    expect(await redriveStores().list(100)).toEqual([])
    expect(new Set(await storedNumbers('outage'))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    // Back in Kinesis without a restart, and without a request having waited for it.
    await eventually(() => !/retrace_route\{[^}]+\} 1/.test(metricsText(metrics)))
    expect(await store()).toMatchObject({ ok: true })
    expect(await redriveStores().list(100)).toEqual([])
  })

  it('is used from the start when Kinesis cannot even be asked for its shards', async () => {
    const { state, store, producer } = makeProducer('cold')
    Object.assign(state, { kinesis: false, shards: false })
    await expect(producer.refreshShardMap()).rejects.toThrow('down')
    const routings = [0, 2 ** 30, 2 ** 31, 2 ** 32 - 1]
    for (const routing of routings) expect(await store(routing)).toMatchObject({ ok: true })
    Object.assign(state, { kinesis: true, shards: true })
    await redrive(redriveStores())
    expect(new Set(await storedNumbers('cold'))).toEqual(new Set([0, 1, 2, 3]))
  })

  it('keeps what Kinesis refuses of a redrive', async () => {
    const { state, store } = makeProducer('refused')
    state.kinesis = false
    for (let i = 0; i < 3; i++) await store()
    const real = putRecordsTo(createKinesisClient(), stores.settings.RETRACE_STREAM)
    const half: PutRecords = async (records) => [
      ...(await real(records.slice(0, 1))),
      ...records.slice(1).map(() => ({ stored: false as const, throttled: true, cause: new Error('throttled') })),
    ]
    expect(await redrive(redriveStores(half))).toEqual({ redriven: 1, refused: true, empty: false })
    expect(await redriveStores().list(100)).toHaveLength(2)
    expect(await redrive(redriveStores())).toMatchObject({ redriven: 2, empty: true })
  })
})

describe('with both stores down', () => {
  it('everything is refused at once, readiness says so, and both come back by themselves', async () => {
    const { state, store, producer, metrics } = makeProducer('down')
    Object.assign(state, { kinesis: false, overflow: false })
    expect(await store()).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await producer.isReady()).toBe(false)
    const times: number[] = []
    for (let i = 0; i < 101; i++) {
      const begun = performance.now()
      expect(await store()).toMatchObject({ ok: false, code: 'unavailable' })
      times.push(performance.now() - begun)
    }
    expect(times.toSorted((a, b) => a - b)[50]).toBeLessThan(1)

    state.overflow = true
    await eventually(() => producer.isReady())
    expect(await store()).toMatchObject({ ok: true })
    state.kinesis = true
    await eventually(() => !/retrace_route\{[^}]+\} [12]/.test(metricsText(metrics)))
    const waiting = (await redriveStores().list(100)).length
    expect(await store()).toMatchObject({ ok: true })
    expect(await redriveStores().list(100)).toHaveLength(waiting)
    await redrive(redriveStores())
  })

  it('an endpoint without traffic notices it too', async () => {
    const { state, producer } = makeProducer('idle')
    expect(await producer.isReady()).toBe(true)
    Object.assign(state, { overflow: false, shards: false })
    await eventually(async () => !(await producer.isReady()), { timeoutMs: 5000 })
  })
})

describe('back-pressure', () => {
  it('refuses at once what does not fit into the bound, and nothing before', async () => {
    const { store, producer } = makeProducer('full')
    const results = await Promise.all(Array.from({ length: 100 }, () => store()))
    const overloaded = results.filter((result) => !result.ok && result.code === 'overloaded')
    expect(overloaded.length).toBeGreaterThan(0)
    expect(results.length - overloaded.length).toBeGreaterThan(20)
    expect(producer.inFlightBytes).toBe(0)
    expect(await store()).toMatchObject({ ok: true })
  })
})

describe('the routes of a lane', () => {
  it('are those of the drawing', () => {
    const drawing =
      readFileSync(new URL('../ingest/route-state.ts', import.meta.url), 'utf8').split('export type')[0] ?? ''
    const arrows: [RouteState, RouteEvent, RouteState, string][] = [
      ['kinesis', 'kinesis_refused', 'overflow', 'kinesis  ──refused past patience──▶ overflow'],
      ['overflow', 'overflow_refused', 'down', 'overflow ──S3 refuses too──▶ down'],
      ['overflow', 'probe_stored', 'kinesis', '└──────────probe stored────────┘'],
      ['down', 'probe_overflowed', 'overflow', '└────probe stored in S3──┘'],
      ['down', 'probe_stored', 'kinesis', '└─────────────────────probe stored───────────────────────────────┘'],
    ]
    for (const [from, event, to, drawn] of arrows) {
      expect(drawing).toContain(drawn)
      expect(nextRoute(from, event)).toBe(to)
    }
    const known = Object.values(routeTransitions).flatMap((events) => Object.keys(events))
    expect(known).toHaveLength(arrows.length)
  })
})
