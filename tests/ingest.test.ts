import { KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createShardReader } from '../consumers/runtime/shard-reader.ts'
import { createDynamoClient } from '../ingest/dynamodb.ts'
import { createImportLedger } from '../ingest/import-ledger.ts'
import { createKinesisClient, listShards, putRecordsTo } from '../ingest/kinesis.ts'
import { Metrics } from '../ingest/metrics.ts'
import { createS3Client, type PutOverflow, putOverflowTo } from '../ingest/overflow.ts'
import { Producer } from '../ingest/producer.ts'
import { coalesce, type PutRecords } from '../ingest/put-records.ts'
import { createRateLimit } from '../ingest/rate-limit.ts'
import { createSalts } from '../ingest/salts.ts'
import { createIngest } from '../ingest/server.ts'
import { createSiteRegistry } from '../ingest/sites.ts'
import type { Delivery } from '../stream/event.ts'
import { decodeRecord } from '../stream/record.ts'
import { aClick, anEvent, chrome } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { snippet } from './support/snippet.ts'
import { startStores, type TestStores } from './support/stores.ts'

let stores: TestStores
let app: FastifyInstance
/** What Kinesis is asked to do, so that a test can make it refuse. */
let put: PutRecords
let putOverflow: PutOverflow

beforeAll(async () => {
  stores = await startStores()
  const { settings } = stores
  const kinesis = createKinesisClient()
  const dynamo = createDynamoClient()
  const table = (name: string) => settings.RETRACE_TABLE_PREFIX + name
  put = putRecordsTo(kinesis, settings.RETRACE_STREAM)
  const metrics = new Metrics()
  putOverflow = putOverflowTo(createS3Client(), settings.RETRACE_BUCKET)
  app = createIngest({
    maxInFlightBytes: 1024 * 1024,
    clientLimit: createRateLimit(0, Date.now),
    siteLimit: createRateLimit(0, Date.now),
    metrics,
    overflow: async () => undefined,
    isDraining: () => false,
    producer: new Producer({
      lingerMs: 5,
      maxBatchBytes: 64 * 1024,
      maxInFlightBytes: 1024 * 1024,
      patienceMs: 100,
      probes: 'in the background',
      putTogether: coalesce((records) => put(records)),
      putAlone: (records) => put(records),
      putOverflow: (...request) => putOverflow(...request),
      checkOverflow: async () => {},
      metrics,
      listShards: () => listShards(kinesis, settings.RETRACE_STREAM),
      onFault: () => {},
      now: Date.now,
    }),
    salts: createSalts(dynamo, table('salts')),
    sites: createSiteRegistry(dynamo, table('sites')),
    imports: createImportLedger(dynamo, table('imports'), Date.now),
    adminToken: settings.RETRACE_ADMIN_TOKEN,
    snippet,
    edgeKey: '',
    trustedProxies: '10.0.0.0/8',
    logger: pino({ level: 'silent' }),
    now: Date.now,
  })
  await app.ready()
})

afterAll(async () => {
  await app.close()
  await stores.close()
})

/** Everything in the stream, decoded. */
async function stored(): Promise<Delivery[]> {
  const client = new KinesisClient({ requestHandler: new NodeHttpHandler() })
  const reader = createShardReader(client, stores.settings.RETRACE_STREAM)
  const deliveries: Delivery[] = []
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(10_000)
    for (const { data } of records) {
      const decoded = decodeRecord(data)
      if (!decoded.ok) throw new Error(decoded.error.message)
      deliveries.push(...decoded.deliveries)
    }
  }
  return deliveries
}

const storedLoads = async () => (await stored()).flatMap(({ events }) => events.map(({ load, n }) => `${load} ${n}`))
const load = (n: number) => n.toString(16).padStart(16, '0')
const post = (events: unknown[], headers: Record<string, string> = {}, remoteAddress = '203.0.113.7') =>
  app.inject({
    method: 'POST',
    url: '/v1/events',
    remoteAddress,
    headers: { 'content-type': 'text/plain', 'user-agent': chrome, ...headers },
    payload: JSON.stringify({ site: 'demo', sentAt: Date.now(), events }),
  })

describe('POST /v1/events', () => {
  it('has stored an event when it answers 202', async () => {
    const answer = await post([anEvent({ load: load(1), at: Date.now() })])
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({ accepted: 1, rejected: [] })
    expect(await storedLoads()).toContain(`${load(1)} 0`)
  })

  it('stores the good events of a body and says which is bad and why', async () => {
    const answer = await post([
      anEvent({ load: load(2) }),
      { ...anEvent(), type: 'hover' },
      aClick({ load: load(2), n: 1 }),
    ])
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject({ accepted: 2, rejected: [{ index: 1, code: 'unknown_type' }] })
    expect(await storedLoads()).toEqual(expect.arrayContaining([`${load(2)} 0`, `${load(2)} 1`]))
  })

  it('keeps the order of a visitor and never the address', async () => {
    for (let n = 0; n < 5; n++) await post([anEvent({ load: load(3), n })])
    const deliveries = (await stored()).filter(({ events }) => events[0]?.load === load(3))
    expect(deliveries.map(({ events }) => events[0]?.n)).toEqual([0, 1, 2, 3, 4])
    expect(new Set(deliveries.map(({ visitor }) => visitor)).size).toBe(1)
    expect(JSON.stringify(await stored())).not.toContain('203.0.113.7')
  })

  it('tells visitors apart by address and browser, and believes forwarded addresses of known proxies alone', async () => {
    const visitorOf = async (n: number, headers: Record<string, string>, address?: string) => {
      await post([anEvent({ load: load(n) })], headers, address)
      return (await stored()).find(({ events }) => events[0]?.load === load(n))?.visitor
    }
    const plain = await visitorOf(10, {})
    expect(await visitorOf(11, { 'user-agent': 'Other/1.0' })).not.toBe(plain)
    expect(await visitorOf(12, {}, '203.0.113.8')).not.toBe(plain)
    expect(await visitorOf(13, { 'x-forwarded-for': '198.51.100.1' })).toBe(plain)
    expect(await visitorOf(14, { 'x-forwarded-for': '203.0.113.7' }, '10.1.2.3')).toBe(plain)
  })

  it('splits a large request and stores all of it', async () => {
    const props = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`p${i}`, Math.random().toString(36).repeat(3)]),
    )
    const events = Array.from({ length: 400 }, (_, n) => anEvent({ load: load(4), n, props }))
    expect((await post(events)).json()).toMatchObject({ accepted: 400 })
    expect((await storedLoads()).filter((key) => key.startsWith(load(4)))).toHaveLength(400)
  })

  it('rejects an event that takes more bytes than one may, and stores the others', async () => {
    const props = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`p${i}`, '\u6f22'.repeat(512)]))
    const answer = await post([anEvent({ load: load(8), props }), anEvent({ load: load(8), n: 1 })])
    expect(answer.json()).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'too_large' }] })
    expect((await storedLoads()).filter((key) => key.startsWith(load(8)))).toEqual([`${load(8)} 1`])
  })

  it.each([
    ['no JSON', 'not json', 400, 'unreadable_body'],
    ['no object', '[]', 400, 'unreadable_body'],
    ['no events', '{"site":"demo","sentAt":1}', 400, 'unreadable_body'],
    ['an unknown site', '{"site":"nope","sentAt":1,"events":[{}]}', 403, 'unknown_site'],
    ['a site that cannot be one', '{"site":"../x","sentAt":1,"events":[{}]}', 403, 'unknown_site'],
    [
      'too many events',
      JSON.stringify({ site: 'demo', sentAt: 1, events: Array(501).fill({}) }),
      400,
      'unreadable_body',
    ],
    [
      'too many bytes',
      JSON.stringify({ site: 'demo', sentAt: 1, events: ['x'.repeat(600_000)] }),
      413,
      'body_too_large',
    ],
  ])('refuses %s', async (_what, payload, status, code) => {
    const headers = { 'content-type': 'text/plain' }
    const answer = await app.inject({ method: 'POST', url: '/v1/events', headers, payload })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ code })
  })

  it('answers 503 with Retry-After when neither Kinesis nor the overflow takes it, and recovers by itself', async () => {
    const [working, workingOverflow] = [put, putOverflow]
    const cause = new Error('down')
    put = async (records) => records.map(() => ({ stored: false, throttled: false, cause }))
    putOverflow = async () => ({ stored: false, cause })
    const refused = await post([anEvent({ load: load(5) })])
    expect(refused.statusCode).toBe(503)
    expect(refused.headers['retry-after']).toBe('1')
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(503)
    const times: number[] = []
    for (let i = 0; i < 5; i++) {
      const begun = performance.now()
      expect((await post([anEvent({ load: load(5) })])).statusCode).toBe(503)
      times.push(performance.now() - begun)
    }
    expect(Math.min(...times)).toBeLessThan(20)

    ;[put, putOverflow] = [working, workingOverflow]
    await eventually(async () => (await app.inject({ url: '/readyz' })).statusCode === 200)
    expect((await post([anEvent({ load: load(5), n: 1 })])).statusCode).toBe(202)
    expect(await storedLoads()).toContain(`${load(5)} 1`)
  })

  it('tries again what was refused, and nothing else', async () => {
    const working = put
    const sizes: number[] = []
    put = async (records) => {
      sizes.push(records.length)
      const outcomes = records.length > 1 ? await working(records.slice(1)) : []
      return [{ stored: false, throttled: true, cause: new Error('throttled') }, ...outcomes]
    }
    const answer = post([anEvent({ load: load(6) })])
    while (sizes.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    put = working
    expect((await answer).statusCode).toBe(202)
    expect((await storedLoads()).filter((key) => key.startsWith(load(6)))).toHaveLength(1)
  })

  it('can be read by pages of any origin without a preflight', async () => {
    const answer = await post([anEvent({ load: load(7) })], { origin: 'https://shop.example' })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })
})

describe('POST /v1/import', () => {
  const source = 'a'.repeat(64)
  const body = (more: object = {}) => ({
    site: 'demo',
    source,
    line: 2,
    prefix: 'b'.repeat(64),
    done: false,
    events: [
      { ...anEvent({ load: load(20), at: 1_431_857_103_000 }), address: '198.51.100.1', userAgent: chrome },
      { ...anEvent({ load: load(21), at: 1_431_857_104_000 }), address: '198.51.100.2', userAgent: chrome },
    ],
    ...more,
  })
  const send = (payload: object, authorization = 'Bearer test-token') =>
    app.inject({ method: 'POST', url: '/v1/import', headers: { authorization }, payload })
  const progress = async () => {
    const headers = { authorization: 'Bearer test-token' }
    return (await app.inject({ url: `/v1/imports/demo/${source}`, headers })).json()
  }

  it('is for the administrator alone', async () => {
    expect((await send(body(), 'Bearer guess')).statusCode).toBe(401)
    expect((await app.inject({ url: `/v1/imports/demo/${source}` })).statusCode).toBe(401)
  })

  it('stores events at the times of the log, for visitors of the log, and remembers how far it came', async () => {
    expect(await progress()).toMatchObject({ line: 0, done: false })
    expect((await send(body())).json()).toEqual({ accepted: 2, rejected: [] })
    const imported = (await stored()).filter(({ events }) => [load(20), load(21)].includes(events[0]?.load ?? ''))
    expect(imported.map(({ sentAt }) => sentAt)).toEqual([undefined, undefined])
    expect(imported.map(({ events }) => events[0]?.at).sort()).toEqual([1_431_857_103_000, 1_431_857_104_000])
    expect(new Set(imported.map(({ visitor }) => visitor)).size).toBe(2)
    expect(JSON.stringify(imported)).not.toContain('198.51.100')
    expect(await progress()).toMatchObject({ line: 2, prefix: 'b'.repeat(64), accepted: 2, done: false })
  })

  it('is done when the log is', async () => {
    await send(body({ events: [], line: 3, done: true }))
    expect(await progress()).toMatchObject({ line: 3, accepted: 2, done: true })
  })
})

describe('the endpoint', () => {
  it('is alive, and ready when it can store', async () => {
    expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200)
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200)
  })

  it('says that there is nothing elsewhere', async () => {
    const answer = await app.inject({ url: '/nothing' })
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found'])
  })
})
