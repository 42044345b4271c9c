/** The archiver's other sink: every event reaches the delivery stream, within its limits, whatever it refuses. */
import { FirehoseClient } from '@aws-sdk/client-firehose'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { firehoseLimits, packRecords, packRequests } from '../consumers/archiver/firehose-requests.ts'
import { createFirehoseSink } from '../consumers/archiver/firehose-sink.ts'
import { type ArchiveRow, toRows } from '../consumers/archiver/rows.ts'
import { consumerEnvironment } from '../consumers/runtime/process.ts'
import { store } from './support/archive.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { failing } from './support/failing.ts'
import { type FirehoseAnswer, type FirehoseServer, startFirehose } from './support/firehose.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, listObjects, putTraffic, runToEnd, seededRandom, traffic } from './support/stream.ts'

let servers: FirehoseServer[] = []
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  servers = []
})

async function startServer(answer: (request: number) => FirehoseAnswer): Promise<FirehoseServer> {
  const server = await startFirehose(answer)
  servers.push(server)
  return server
}

function openSink(server: FirehoseServer, pauses: number[] = []) {
  const client = new FirehoseClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const pause = async (ms: number) => pauses.push(ms)
  return createFirehoseSink({ client, deliveryStream: 'warehouse', random: () => 0.5, pause }).open('shard-1')
}

/** @param count of events, each with a title of so many characters */
function rows(count: number, titleLength = 200): ArchiveRow[] {
  const events = Array.from({ length: count }, (_, n) => anEvent({ n, title: 'ü'.repeat(titleLength) }))
  const header = { producerId: '00', producerSequence: 1, traceId: '11', createdAt: noon, eventCount: count }
  const deliveries = [aDelivery({ tag: 'office', network: '3fa1', events })]
  return toRows('shard-1', [{ sequenceNumber: '4711', header, deliveries }])
}

const numbersOf = (server: FirehoseServer) => server.lines().map(({ n }) => n)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('the Firehose sink', () => {
  it('sends every event in order, as a line that says where in the stream it was', async () => {
    const server = await startServer(() => 'take')
    await store(openSink(server), rows(20_000))
    expect(server.requests.length).toBeGreaterThan(1)
    expect(numbersOf(server)).toEqual(upTo(20_000))
    expect(server.lines()[7]).toMatchObject({
      shard: 'shard-1',
      sequence: '4711',
      index: 7,
      producer_sequence: 1,
      tag: 'office',
      network: '3fa1',
      received: new Date(noon + 60).toISOString(),
      event_at: new Date(noon).toISOString(),
    })
  })

  it('sends only what was refused again, after pauses that grow up to a bound', async () => {
    const random = seededRandom(1)
    const pauses: number[] = []
    const server = await startServer(() => () => (random() < 0.7 ? 'refuse' : 'take'))
    await store(openSink(server, pauses), rows(20_000))
    expect(numbersOf(server).sort((a, b) => Number(a) - Number(b))).toEqual(upTo(20_000))
    expect(pauses.length).toBeGreaterThan(1)
    expect(pauses.slice(0, 2)).toEqual([100, 200])
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2500)
  })

  it('tries again when a whole request is throttled', async () => {
    const server = await startServer((request) => (request < 2 ? 'throttle' : 'take'))
    await store(openSink(server), rows(10))
    expect(numbersOf(server)).toEqual(upTo(10))
  })

  it('gives up on a record that is refused ten times, so that the batch is read again', async () => {
    const server = await startServer(() => () => 'refuse')
    await expect(store(openSink(server), rows(1))).rejects.toThrow('warehouse refused 1 records 10 times')
    expect(server.requests).toHaveLength(10)
  })

  it('packs lines of any length within the limits, as full as they go', () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 700_000 }), fc.integer({ min: 1, max: 4000 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(lengths, (bytes) => {
        const lines = bytes.map((length, i) => Buffer.alloc(length, i))
        const records = packRecords(lines)
        const requests = packRequests(records)
        expect(Buffer.compare(Buffer.concat(requests.flat()), Buffer.concat(lines))).toBe(0)
        for (const { length } of records) expect(length).toBeLessThanOrEqual(firehoseLimits.recordBytes)
        for (const request of requests) {
          expect(request.length).toBeLessThanOrEqual(firehoseLimits.requestRecords)
          expect(Buffer.concat(request).length).toBeLessThanOrEqual(firehoseLimits.requestBytes)
        }
        // Two neighbours that fit together would be one record more to pay for.
        for (const [i, record] of records.slice(1).entries())
          expect((records[i]?.length ?? 0) + record.length).toBeGreaterThan(firehoseLimits.recordBytes)
      }),
      { numRuns: 60 },
    )
  })

  it('holds 500 lines to a record, which is all that Firehose takes apart', () => {
    const lines = Array.from({ length: 1001 }, (_, i) => Buffer.from(`${i}\n`))
    const counts = packRecords(lines).map((record) => Buffer.from(record).toString().split('\n').length - 1)
    expect(counts).toEqual([500, 500, 1])
  })

  it('holds 500 records to a request', () => {
    const records = Array.from({ length: 1001 }, () => Buffer.alloc(1))
    expect(packRequests(records).map(({ length }) => length)).toEqual([500, 500, 1])
  })
})

describe('the archiver with RETRACE_ARCHIVE_SINK=firehose', () => {
  const deliveries = traffic(120)
  const place = ({ sequence, index }: Record<string, unknown>) => `${sequence} ${index}`
  let stores: TestStores
  beforeAll(async () => {
    stores = await startStores()
    await putTraffic(stores.settings, deliveries)
  })
  afterAll(() => stores.close())

  it('delivers every event to the stream that is named', async () => {
    const server = await startServer(() => 'take')
    const environment = await freshEnvironment('firehose', {
      RETRACE_ARCHIVE_SINK: 'firehose',
      RETRACE_FIREHOSE_STREAM: 'warehouse',
    })
    // Like the other stores' (support/stores.ts): the SDK's own variable.
    process.env.AWS_ENDPOINT_URL_FIREHOSE = server.url
    await runToEnd(composeArchiver(environment), stores.settings)
    expect(server.lines()).toHaveLength(deliveries.length)
    expect(new Set(server.lines().map(place)).size).toBe(deliveries.length)
    expect(await listObjects('firehose', 'archive/')).toEqual([])
  })

  it('delivers every event at least once when it starts again meanwhile', async () => {
    let requests = 0
    const server = await startServer(() => () => (requests++ % 15 < 10 ? 'refuse' : 'take'))
    const environment = await freshEnvironment('firehose-again')
    const checkpoints = failing(environment.checkpoints, 0.1, seededRandom(3))
    const sinks = [{ open: () => openSink(server) }]
    await runToEnd(createArchiver({ ...environment, checkpoints, sinks }), stores.settings)
    expect(new Set(server.lines().map(place)).size).toBe(deliveries.length)
  })

  it('does not start without the name of a delivery stream', () => {
    const environment = consumerEnvironment({ ...process.env, RETRACE_ARCHIVE_SINK: 'firehose' })
    expect(() => composeArchiver(environment)).toThrow('RETRACE_FIREHOSE_STREAM must name a delivery stream')
  })
})
