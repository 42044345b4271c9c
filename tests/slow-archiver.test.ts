/**
 * An archiver whose every write to S3 takes a second holds up itself alone: the aggregator beside it is as close behind
 * the same traffic as with an archiver that keeps up. Prints the figures for docs/measurements.md.
 */
import { setInterval } from 'node:timers/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { Consumer } from '../consumers/runtime/consumer.ts'
import { LagTracker } from '../consumers/runtime/lag-tracker.ts'
import { createObjects } from '../consumers/runtime/objects.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { type Pace, Runner } from '../consumers/runtime/runner.ts'
import { median } from '../load-test/bench/median.ts'
import { createFaultProxy } from '../load-test/faults/proxy.ts'
import type { FaultRule } from '../load-test/faults/rules.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, shardReader } from './support/stream.ts'

const recordsPerSecond = 150
const eventsPerRecord = 10
const loadSeconds = 7
const records = Array.from({ length: recordsPerSecond * loadSeconds }, (_, i) => {
  const load = i.toString(16).padStart(16, '0')
  const events = Array.from({ length: eventsPerRecord }, (_, n) => anEvent({ load, n, at: noon + i }))
  return aRecord([aDelivery({ visitor: load, events })], { producerSequence: i })
})

/** Smaller batches than in production, so that a second each is more than this archiver has. */
const archiverPace: Pace = { pollMs: 200, windowMs: 0, batchRecords: 30, saveIntervalMs: 60_000 }

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

/** A consumer at work, and how far it was behind each time that it had handled a batch: the most that it ever is. */
function watch(environment: ConsumerEnvironment, consumer: Consumer, pace: Pace) {
  const behindMs: number[] = []
  const trackers = new Map<string, LagTracker>()
  const of = (shardId: string) => {
    const tracker = trackers.get(shardId) ?? new LagTracker()
    trackers.set(shardId, tracker)
    return tracker
  }
  const runner = new Runner({
    consumer,
    reader: shardReader(environment.settings),
    pace,
    now: Date.now,
    onFault: (_, error) => {
      throw error
    },
    observer: {
      opened: (shardId, position) => of(shardId).opened(position),
      read: (shardId, read, millisBehind) => of(shardId).read(read, millisBehind),
      handled(shardId, handled) {
        behindMs.push(of(shardId).figures(Date.now()).behindMs)
        of(shardId).handled(handled, Date.now())
      },
      ended: () => {},
    },
  })
  const running = runner.run()
  return {
    behindMs,
    async stop() {
      runner.stop()
      await running
    },
  }
}

/** Both consumers over a stream of their own, for as long as the load comes; then what their lag was. */
async function run(name: string, faults: FaultRule[]): Promise<{ aggregator: number[]; archiver: number[] }> {
  const environment = await freshEnvironment(name, { RETRACE_STREAM: name })
  const target = process.env.AWS_ENDPOINT_URL_S3 as string
  const proxy = await createFaultProxy({ target, seed: 1, rules: faults, now: () => performance.now() })
  const s3 = new S3Client({ endpoint: proxy.url, forcePathStyle: true })
  const aggregator = watch(environment, composeAggregator(environment), {
    pollMs: 300,
    windowMs: environment.settings.RETRACE_AGGREGATOR_WINDOW_MS,
    batchRecords: 2000,
    saveIntervalMs: 60_000,
  })
  const archiver = watch(
    environment,
    composeArchiver({ ...environment, objects: createObjects(s3, name) }),
    archiverPace,
  )

  const startedAt = performance.now()
  let put = 0
  for await (const _ of setInterval(50)) {
    const due = Math.min(records.length, Math.floor(((performance.now() - startedAt) / 1000) * recordsPerSecond))
    if (due > put) await putRecords(environment.settings, records.slice(put, due))
    put = due
    if (put === records.length) break
  }
  await Promise.all([aggregator.stop(), archiver.stop()])
  await proxy.close()
  return { aggregator: aggregator.behindMs, archiver: archiver.behindMs }
}

it("leaves the aggregator's lag unchanged while its own grows", { timeout: 60_000 }, async () => {
  const swift = await run('swift', [])
  const slow = await run('slow', [{ kind: 'delay', ms: 1000, operation: 'PUT' }])
  const inWords = ({ aggregator, archiver }: typeof swift) =>
    `aggregator ${Math.round(median(aggregator))} ms (most ${Math.max(...aggregator)}), archiver at the end ${archiver.at(-1)} ms`
  console.info(`behind, with 1 s a write: ${inWords(slow)}; without: ${inWords(swift)}`)

  expect(slow.aggregator.length).toBeGreaterThan(5)
  // A fifth, and what a busy machine makes of single reads; waiting for the archiver would be seconds.
  expect(median(slow.aggregator)).toBeLessThan(1.2 * median(swift.aggregator) + 200)
  expect(slow.archiver.at(-1)).toBeGreaterThan((slow.archiver[0] ?? 0) + 2000)
  expect(slow.archiver.at(-1)).toBeGreaterThan((swift.archiver.at(-1) ?? 0) + 2000)
})
