/** Traces: a collector sees the way of a record, from the request to the aggregator, and nobody waits for the collector. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readTracing, Tracer } from '../stream/tracing.ts'
import { type Collector, startCollector } from './support/collector.ts'
import { close, listen } from './support/embedded.ts'
import { anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startInstance } from './support/function-instance.ts'
import { batchOf } from './support/lambda.ts'
import { root } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { shardReader } from './support/stream.ts'

let stores: TestStores
let collector: Collector
const processes: ChildProcess[] = []

beforeAll(async () => {
  stores = await startStores()
  collector = await startCollector()
})
afterEach(async () => {
  const ended = processes.splice(0).map((child) => {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    return exit
  })
  await Promise.all(ended)
})
afterAll(async () => {
  await collector.close()
  await stores.close()
})

/** @returns its port, if it listens */
async function start(file: string, otel: NodeJS.ProcessEnv): Promise<number> {
  const env = {
    ...process.env,
    RETRACE_INGEST_PORT: '0',
    RETRACE_DRAIN_DELAY_MS: '0',
    RETRACE_LOG_LEVEL: 'warn',
    ...otel,
  }
  const child = fork(join(root, file), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  processes.push(child)
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return port
}

let loads = 1
async function post(port: number, headers: Record<string, string> = {}): Promise<{ status: number; trace: string[] }> {
  const load = (loads++).toString(16).padStart(16, '0')
  const body = JSON.stringify({ site: 'demo', sentAt: Date.now(), events: [anEvent({ load })] })
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, { method: 'POST', body, headers })
  await answer.text()
  return { status: answer.status, trace: (answer.headers.get('traceparent') ?? '').split('-') }
}

describe('a trace', () => {
  it('is one from the request through the record to the aggregator', async () => {
    const otel = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1' }
    const port = await start('ingest/main.ts', otel)
    await start('consumers/aggregator/main.ts', otel)
    const { status, trace } = await post(port)
    const [, traceId, recordSpan, flags] = trace
    expect([status, flags]).toEqual([202, '01'])

    const spans = await eventually(() => {
      const found = collector.spans.filter((span) => span.traceId === traceId)
      return found.length >= 3 && found
    })
    const [record, request, aggregated] = ['retrace send', '/v1/events', 'aggregator process'].map((name) =>
      spans.find((span) => span.name === name),
    )
    expect(spans).toHaveLength(3)
    expect(record).toMatchObject({ service: 'ingest', spanId: recordSpan, kind: 4 })
    expect(record).not.toHaveProperty('parentSpanId')
    expect(record?.attributes).toMatchObject({ 'retrace.events': 1, 'retrace.store': 'kinesis' })
    expect(request).toMatchObject({ service: 'ingest', parentSpanId: recordSpan, kind: 2 })
    expect(aggregated).toMatchObject({ service: 'aggregator', parentSpanId: recordSpan, kind: 5 })
    expect(aggregated?.attributes).toMatchObject({ 'messaging.destination.name': stores.settings.RETRACE_STREAM })
    expect(collector.refused).toEqual([])
  }, 30_000)

  it("of a caller's own gets the request, with a link to the record", async () => {
    const otel = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1' }
    const port = await start('ingest/main.ts', otel)
    const [own, span] = ['ab'.repeat(16), 'cd'.repeat(8)]
    const { trace } = await post(port, { traceparent: `00-${own}-${span}-01` })
    expect(trace[1]).toBe(own)
    const request = await eventually(() => collector.spans.find(({ traceId }) => traceId === own))
    expect(request).toMatchObject({ name: '/v1/events', parentSpanId: span, links: [{ spanId: trace[2] }] })
    const [link] = request.links
    expect(await eventually(() => collector.spans.find(({ spanId }) => spanId === link?.spanId))).toMatchObject({
      name: 'retrace send',
      traceId: link?.traceId,
    })
  }, 30_000)

  it('goes on in a function, which has sent its part before it answers', async () => {
    const reader = shardReader(stores.settings)
    const shards = await reader.listShards()
    const read = await Promise.all(
      shards.map(async ({ shardId }) => ({ shardId, ...(await reader.open(shardId, undefined).read(100)) })),
    )
    const { shardId, records } = read.find(({ records }) => records.length > 0) as (typeof read)[number]
    const instance = await startInstance(join(root, 'consumers/archiver/lambda.ts'), {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER_ARG: '1',
    })
    await instance.invoke(batchOf(shardId, records))
    const archived = collector.spans.filter(({ name }) => name === 'archiver process')
    await instance.end()
    expect(archived).toHaveLength(records.length)
    for (const { parentSpanId, traceId } of archived)
      expect(collector.spans.find(({ spanId }) => spanId === parentSpanId)).toMatchObject({
        traceId,
        name: 'retrace send',
      })
  }, 30_000)
})

describe('a collector', () => {
  it('that never answers holds up no request', async () => {
    let asked = 0
    const silent = createServer(() => asked++)
    const url = `http://127.0.0.1:${await listen(silent)}`
    const port = await start('ingest/main.ts', { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER_ARG: '1' })
    expect((await post(port)).status).toBe(202)
    await eventually(() => asked > 0)
    // It waits for an answer while these are taken.
    for (let i = 0; i < 5; i++) expect((await post(port)).status).toBe(202)
    await close(silent)
  }, 30_000)

  it('that is away, or refuses, is left alone for a while, and what it missed is dropped', async () => {
    let now = 0
    let asked = 0
    const settings = readTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1/' })
    if (!settings) throw new Error('no settings')
    expect(settings.url).toBe('http://127.0.0.1:1/v1/traces')
    const answers = [
      () => fetch(settings.url),
      async () => new Response('', { status: 500 }),
      async () => new Response('{}'),
    ]
    const tracer = new Tracer(settings, 'ingest', {
      now: () => now,
      fetch: async () => answers[asked++]?.() as Promise<Response>,
    })
    const tell = async () => {
      const traceId = 'ef'.repeat(16)
      tracer.add({ traceId, name: 'x', kind: 'server', startMs: 0, endMs: 1, attributes: {} })
      await tracer.flush()
      return asked
    }
    expect([await tell(), await tell()]).toEqual([1, 1])
    now += 30_000
    expect([await tell(), await tell()]).toEqual([2, 2])
    now += 30_000
    expect([await tell(), await tracer.flush()]).toEqual([3, undefined])
  })

  it('is none where none is named, and gets the share of traces that is asked for, everywhere the same', () => {
    expect(readTracing({})).toBeUndefined()
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b, y=c=d',
    }
    expect(readTracing(env)).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      headers: { 'x-key': 'a b', y: 'c=d' },
      ratio: 0.01,
    })
    for (const wrong of [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, { ...env, OTEL_TRACES_SAMPLER_ARG: '2' }])
      expect(() => readTracing(wrong)).toThrow(/^OTEL_\w+ must be/)

    const of = (ratio: number) => new Tracer({ url: '', headers: {}, ratio }, 'x', { now: () => 0, fetch })
    const ids = Array.from({ length: 1000 }, (_, i) =>
      Math.floor((i / 1000) * 2 ** 32)
        .toString(16)
        .padStart(32, '0'),
    )
    const share = (ratio: number) => ids.filter((id) => of(ratio).samples(id)).length
    expect([share(0), share(0.25), share(1)]).toEqual([0, 250, 1000])
  })
})
