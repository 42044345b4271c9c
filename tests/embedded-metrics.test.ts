/** Metrics for CloudWatch: what functions and the endpoint write into their logs, from real runs of them. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBatchMetrics } from '../consumers/runtime/batch-metrics.ts'
import { noCounts } from '../consumers/runtime/shapes/ledger.ts'
import { createMetricLines } from '../ingest/metric-lines.ts'
import { Metrics } from '../ingest/metrics.ts'
import { metricLine } from '../stream/embedded-metrics.ts'
import { metricLinesIn } from './support/embedded-metrics.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { startInstance } from './support/function-instance.ts'
import { batchOf } from './support/lambda.ts'
import { root } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { putRecords, shardReader } from './support/stream.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

describe('a consumer as a function', () => {
  it.each([
    ['aggregator', { Aggregated: 2, Duplicates: 2 }],
    ['archiver', { Archived: 4 }],
    ['anomaly-detector', undefined],
  ])(
    '%s says what became of the events of a batch, once',
    async (name, metrics) => {
      const { RETRACE_STREAM } = stores.settings
      const deliveries = [aDelivery({ events: [anEvent({ n: 0 }), anEvent({ n: 1 })] })]
      await putRecords({ ...stores.settings, RETRACE_STREAM }, [aRecord(deliveries), aRecord(deliveries)], name)
      const reader = shardReader(stores.settings)
      const shards = await reader.listShards()
      const read = await Promise.all(
        shards.map(async ({ shardId }) => ({ shardId, ...(await reader.open(shardId, undefined).read(100)) })),
      )
      const { shardId, records } = read.find(({ records }) => records.length > 0) as (typeof read)[number]
      const instance = await startInstance(join(root, `consumers/${name}/lambda.ts`), {
        ...process.env,
        AWS_LAMBDA_FUNCTION_NAME: `retrace-${name}`,
      })
      expect(await instance.invoke(batchOf(shardId, records.slice(-2)))).toEqual({ batchItemFailures: [] })
      await instance.end()
      const lines = metricLinesIn(instance.output())
      expect(lines).toEqual(
        metrics === undefined
          ? []
          : [expect.objectContaining({ metrics, dimensions: { FunctionName: `retrace-${name}` } })],
      )
      const about = instance
        .output()
        .split('\n')
        .find((line) => line.includes('"behindMs"'))
      expect(JSON.parse(`${about}`)).toMatchObject({ shard: shardId, records: 2, FunctionName: `retrace-${name}` })
    },
    30_000,
  )

  it('says so when it hands a batch back, and begins the next line at nothing', () => {
    let log = ''
    let now = noon
    const metrics = createBatchMetrics(
      { FunctionName: 'f' },
      (line) => (log += line),
      () => now,
    )
    metrics.counted({ ...noCounts(), accepted: 3, aggregated: 3 })
    now += 250
    metrics.ended('shard', [{ sequenceNumber: '1', data: Buffer.alloc(5), arrivedAt: noon - 750 }], noon, false)
    metrics.ended('shard', [], noon, true)
    expect(metricLinesIn(log).map((line) => line.metrics)).toEqual([{ Aggregated: 3, HandedBack: 1 }])
    const [first, second] = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first).toMatchObject({ records: 1, events: 3, bytes: 5, behindMs: 1000, durationMs: 250 })
    expect(second).toMatchObject({ records: 0, behindMs: 0 })
  })
})

describe('the endpoint', () => {
  it('says each minute what came since the last line, and the most that waited', () => {
    let log = ''
    let now = noon
    let waiting = 0
    const metrics = new Metrics()
    const lines = createMetricLines({
      source: { Service: 'retrace-endpoint' },
      metrics,
      inFlightBytes: () => waiting,
      now: () => now,
      write: (line) => (log += line),
    })
    metrics.accepted += 5
    metrics.rejected('bad_field')
    metrics.lane('shard').overflowed(2)
    for (waiting of [10, 400, 20]) lines.sample()
    now += 59_999
    lines.tell()
    expect(log).toBe('')
    now += 1
    lines.tell()
    metrics.accepted += 1
    lines.tell(true)
    const [first, second] = metricLinesIn(log)
    expect(first).toEqual({
      metrics: { Accepted: 5, Rejected: 1, Overflowed: 2, InFlightBytes: 400 },
      dimensions: { Service: 'retrace-endpoint' },
      units: ['Count', 'Count', 'Count', 'Bytes'],
    })
    // A function has one request at a time, so it never looks how much waits.
    expect(second?.metrics).toEqual({ Accepted: 1 })
  })

  it('as a process writes them into its log, under the name that it is given', async () => {
    const child = fork(join(root, 'ingest/main.ts'), {
      env: {
        ...process.env,
        RETRACE_INGEST_PORT: '0',
        RETRACE_METRICS_SERVICE: 'retrace-endpoint',
        RETRACE_DRAIN_DELAY_MS: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const body = JSON.stringify({ site: 'demo', sentAt: Date.now(), events: [anEvent({ load: 'f'.repeat(16) })] })
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, { method: 'POST', body })
    expect(answer.status, await answer.text()).toBe(202)
    child.kill('SIGTERM')
    await once(child, 'close')
    const [line, ...others] = metricLinesIn(output)
    expect(others).toEqual([])
    expect(line).toMatchObject({ metrics: { Accepted: 1 }, dimensions: { Service: 'retrace-endpoint' } })
    expect(line?.metrics.InFlightBytes).toBeGreaterThanOrEqual(0)
  }, 30_000)
})

it('the rules that lines are held to are broken by what is no metric', () => {
  const good = metricLine({ FunctionName: 'f' }, { Events: 1, Size: { value: 2, unit: 'Bytes' } }, noon, { shard: 's' })
  expect(metricLinesIn(good)).toHaveLength(1)
  for (const [from, to] of [
    ['"Events":1,', ''],
    ['"Events":1', '"Events":"1"'],
    ['"Unit":"Bytes"', '"Unit":"bytes"'],
    ['"FunctionName":"f"', '"FunctionName":7'],
    [`"Timestamp":${noon}`, '"Timestamp":"now"'],
    ['"Namespace":"Retrace"', '"Namespace":"AWS/Lambda"'],
  ] as const) {
    expect(good).toContain(from)
    expect(() => metricLinesIn(good.replace(from, to)), from).toThrow()
  }
})
