/** The pipeline is watched like a site: real consumers and a real endpoint, what is done to them, and what is told of it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeDeliverer, composePipelineJudge } from '../consumers/anomaly-detector/compose.ts'
import { PipelineWatch, type SavedPipeline } from '../consumers/anomaly-detector/pipeline/pipeline-watch.ts'
import { type Channel, channelToItem } from '../consumers/anomaly-detector/shapes/channel.ts'
import type { Incident } from '../consumers/anomaly-detector/shapes/incident.ts'
import { readDeliveries } from '../consumers/anomaly-detector/shapes/read-deliveries.ts'
import { noSettings } from '../consumers/anomaly-detector/watch/settings.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../consumers/runtime/process.ts'
import { ledgerAccount, ledgerEntryText } from '../consumers/runtime/shapes/ledger.ts'
import { readLags } from '../consumers/runtime/shapes/read-lags.ts'
import { readLedgerEntries } from '../consumers/runtime/shapes/read-ledger.ts'
import { createIncidentStore } from '../dashboard/store/incidents.ts'
import { composeIngest, type Ingest } from '../ingest/compose.ts'
import { putMinutesTo } from '../ingest/minute-counts.ts'
import { buildSnippet } from '../snippet/build.ts'
import { pipelineSite } from '../stream/tables.ts'
import { eventually } from './support/eventually.ts'
import { createMovedClock, type MovedClock } from './support/moved-clock.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'
import { root } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'

const minuteMs = 60_000
const consumers = ['aggregator', 'archiver'] as const
type ConsumerName = (typeof consumers)[number]

let stores: TestStores
let clock: MovedClock
let client: DynamoDBClient
let environment: ConsumerEnvironment
let ingest: Ingest
let receiver: Receiver
let origin: string
const running = new Map<ConsumerName, ChildProcess>()

beforeAll(async () => {
  // The endpoint hands it out, and does not start without it.
  await buildSnippet()
  stores = await startStores()
  clock = await createMovedClock()
  client = new DynamoDBClient({})
  environment = consumerEnvironment({ ...process.env, RETRACE_WEBHOOK_LOOPBACK: 'allowed' })
  receiver = await startReceiver()
  ingest = await composeIngest(stores.settings, pino({ level: 'silent' }), { now: clock.now })
  origin = await ingest.app.listen({ host: '127.0.0.1', port: 0 })
  await Promise.all(consumers.map(start))
}, 60_000)
afterAll(async () => {
  for (const child of running.values()) child.kill('SIGKILL')
  await ingest?.app.close()
  await ingest?.producer.drain()
  client.destroy()
  await Promise.all([stores.close(), clock.remove(), receiver.close()])
})

async function start(name: ConsumerName): Promise<void> {
  const child = fork(join(root, `consumers/${name}/main.ts`), {
    cwd: root,
    env: { ...process.env, ...clock.env, RETRACE_LOG_LEVEL: 'silent', RETRACE_ARCHIVER_WINDOW_MS: '500' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running.set(name, child)
  await once(child, 'message')
}

let loads = 0
/** @returns events that the endpoint took, and that it rejected */
async function send(good: number, bad = 0): Promise<[accepted: number, rejected: number]> {
  const at = clock.now()
  loads += 1
  const load = loads.toString(16).padStart(16, '0')
  const event = (n: number) => ({ type: 'pageview', load, n, at, url: 'https://example.org/' })
  const events = [
    ...Array.from({ length: good }, (_, n) => event(n)),
    ...Array.from({ length: bad }, (_, n) => ({ ...event(good + n), load: 'none' })),
  ]
  const body = JSON.stringify({ site: 'demo', sentAt: at, events })
  const answer = await fetch(`${origin}/v1/events`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })
  const { accepted, rejected } = (await answer.json()) as { accepted: number; rejected: unknown[] }
  await ingest.minuteCounts.tell(true)
  return [accepted, rejected.length]
}

/** Consumers that work have handled what was sent now, and said so. */
async function caughtUp(names: readonly ConsumerName[]): Promise<void> {
  const since = clock.now()
  await send(30)
  await eventually(
    async () => {
      const lags = await readLags(client, 'retrace-lag')
      const isDone = (name: string) =>
        lags.some(({ consumer, handledAt = 0, behindMs }) => consumer === name && handledAt >= since && behindMs === 0)
      if (!names.every(isDone)) throw new Error(`not since ${since}: ${JSON.stringify(lags)}`)
      return true
    },
    { timeoutMs: 20_000, everyMs: 100 },
  )
}

/** Two judges at once, one of which has just been started. */
const judges = () => [judge, composePipelineJudge(environment, clock.now)]
let judge: ReturnType<typeof composePipelineJudge>
async function lookAt(): Promise<void> {
  for (const { faults } of await Promise.all(judges().map((each) => each.round()))) expect(faults).toEqual([])
}

const told = async () =>
  (await createIncidentStore(client, 'retrace-incidents').list(pipelineSite, 0, clock.now(), 10)).toReversed()

it('tells of a consumer that was killed, of what the ledger misses, and of what is rejected, each once', {
  timeout: 300_000,
  // It is one story: what a first try left would be in the second.
  retry: 0,
}, async () => {
  const channel: Channel = {
    site: pipelineSite,
    id: 'hook',
    type: 'webhook',
    target: `${receiver.url}/hook`,
    secret: 'whsec_of-a-test',
    dashboard: 'https://retrace.example.org',
    createdBy: 'ada@example.org',
    createdAt: 0,
  }
  await client.send(new PutItemCommand({ TableName: 'retrace-control', Item: channelToItem(channel) }))
  // The endpoint has had two hours in which it rejected next to nothing.
  const put = putMinutesTo(client, 'retrace-minutes')
  const first = Math.floor(clock.now() / minuteMs - 120) * minuteMs
  for (let minute = first; minute < clock.now() - minuteMs; minute += minuteMs)
    await put(minute, { accepted: 200 + ((minute / minuteMs) % 7), rejected: [] })
  judge = composePipelineJudge(environment, clock.now)
  await caughtUp(consumers)
  await lookAt()
  expect(await told()).toEqual([])

  const victim = running.get('aggregator')
  victim?.kill('SIGKILL')
  const killedAt = clock.now()
  for (let minutes = 0; minutes < 3; minutes++) {
    await clock.move(minuteMs)
    await caughtUp(['archiver'])
    await lookAt()
  }
  const [lags] = await told()
  expect(lags).toMatchObject({
    series: { metric: 'lag', dimension: 'consumer', value: 'aggregator' },
    others: [],
    severity: 'warning',
    end: undefined,
  })
  // A minute is looked at up to 80 seconds after it began.
  expect(lags?.at).toBeGreaterThan(killedAt - 2 * minuteMs)
  expect(lags?.peak.observed).toBeGreaterThan(lags?.peak.high ?? 0)
  expect(lags?.changed[0]).toMatchObject({ dimension: 'shard', expected: 0 })

  await start('aggregator')
  for (let times = 0; times < 5; times++) {
    await clock.move(3 * minuteMs)
    await caughtUp(consumers)
    await lookAt()
  }
  const over = await told()
  expect(over.map(({ series, end }) => [series.metric, series.value, typeof end])).toEqual([
    ['lag', 'aggregator', 'number'],
  ])

  // What the archiver wrote of a minute is gone from the account.
  const range = { from: clock.now() - 9 * minuteMs, to: clock.now() - 2 * minuteMs }
  const [entry] = await readLedgerEntries(client, 'retrace-ledger', 'archiver', range)
  if (!entry) throw new Error('the archiver has accounted for nothing')
  const Key = {
    account: { S: ledgerAccount('archiver', entry.minute) },
    entry: { S: ledgerEntryText(entry) },
  }
  await client.send(new DeleteItemCommand({ TableName: 'retrace-ledger', Key }))
  await clock.move(12 * minuteMs)
  await caughtUp(consumers)
  await lookAt()
  const missing = (await told())[1]
  expect(missing).toMatchObject({ series: { metric: 'unaccounted' }, severity: 'critical' })
  expect(missing?.changed).toEqual([
    { dimension: 'consumer', value: 'archiver', observed: entry.counts.accepted, expected: 0 },
  ])

  await clock.move(20 * minuteMs)
  await caughtUp(consumers)
  await lookAt()
  // Early in their minutes, and looked at 25 seconds after them: both are closed then, and what follows is not.
  await clock.move(minuteMs - (clock.now() % minuteMs))
  for (let minutes = 0; minutes < 2; minutes++) {
    expect(await send(30, 30)).toEqual([30, 30])
    await clock.move(minuteMs)
  }
  await clock.move(25_000)
  await caughtUp(consumers)
  await lookAt()
  const rejects = (await told())[2]
  expect(rejects).toMatchObject({ series: { metric: 'rejectRate' }, changed: [{ dimension: 'reason', observed: 30 }] })
  expect(rejects?.evidence).toBeGreaterThanOrEqual(9)
  expect(rejects?.peak.high).toBeLessThan(0.2)
  expect(await told()).toHaveLength(3)

  const deliverer = composeDeliverer(environment, clock.now)
  await eventually(
    async () => {
      await deliverer.round()
      const deliveries = await readDeliveries(client, 'retrace-incidents', pipelineSite, clock.now())
      return deliveries.every(({ state }) => state === 'delivered')
    },
    { timeoutMs: 30_000, everyMs: 200 },
  )
  const posted = receiver.received.map(({ body }) => JSON.parse(body))
  expect(posted.map(({ event, incident }) => `${incident.metric} ${event}`).sort()).toEqual([
    'lag ended',
    'lag opened',
    'rejectRate opened',
    'unaccounted opened',
  ])
  expect(posted[0]).toMatchObject({ site: pipelineSite, link: 'https://retrace.example.org/pipeline' })
})

/** As they are stored, of some hours with trouble of each kind; around every minute what is known may be saved and read. */
function incidentsOf(isSaved: boolean): string[] {
  let watch = new PipelineWatch(pipelineSite)
  const found = new Map<string, Incident>()
  for (let minute = 0; minute < 300; minute++) {
    const seconds = minute >= 100 && minute < 130 ? 90 + minute : 3
    const rejected: [string, number][] = minute >= 200 && minute < 210 ? [['bad_event', 90]] : [['too_old', minute % 2]]
    const missing: [string, number][] = minute === 250 ? [['archiver', 4]] : []
    const figures = {
      accepted: 300,
      rejected,
      behind: [{ consumer: 'archiver', seconds, limit: 75, shards: [['shardId-0', seconds]] as [string, number][] }],
      ledger: { from: minute * minuteMs, to: (minute + 1) * minuteMs, missing },
    }
    for (const incident of watch.add(minute * minuteMs, figures, noSettings))
      found.set(`${incident.at} ${incident.series.metric}`, structuredClone(incident))
    if (isSaved) watch = new PipelineWatch(pipelineSite, JSON.parse(JSON.stringify(watch.save())) as SavedPipeline)
  }
  return [...found.values()].map((incident) => JSON.stringify(incident))
}

it('comes to the same bytes wherever what it knows is saved and read again', () => {
  const whole = incidentsOf(false)
  const told = whole.map((json) => JSON.parse(json) as Incident)
  expect(told.map(({ at, end, series }) => [series.metric, at / minuteMs, (end ?? 0) / minuteMs])).toEqual([
    ['lag', 100, 130],
    ['rejectRate', 200, 210],
    ['unaccounted', 250, 251],
  ])
  expect(incidentsOf(true)).toEqual(whole)
})
