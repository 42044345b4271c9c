/** What runs the replays that were asked for, as a process over the embedded servers: it fails aloud, dies, and shares. */
import { once } from 'node:events'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { generationsOf } from '../consumers/replay/known.ts'
import { runNext } from '../consumers/replay/run-next.ts'
import type { GenerationRecord } from '../consumers/replay/shapes/generations.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import type { Delivery } from '../stream/event.ts'
import { noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { run, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, listObjects, putTraffic, runToEnd, traffic } from './support/stream.ts'

const dayMs = 86_400_000
const today = Math.floor(Date.now() / dayMs) * dayMs
const yesterday = new Date(today - dayMs).toISOString().slice(0, 10)
/** From three o'clock in the morning on: minutes that both sides still keep. */
const byMs = today - dayMs + 3 * 3_600_000 - noon
const deliveries = traffic(1200).map(
  ({ received, sentAt = 0, ...delivery }): Delivery => ({
    ...delivery,
    received: received + byMs,
    sentAt: sentAt + byMs,
    events: delivery.events.map((event) => ({ ...event, at: event.at + byMs })),
  }),
)

let stores: TestStores
let environment: ConsumerEnvironment
let env: NodeJS.ProcessEnv
let live: string[]
let asked = 0
const services: ReturnType<typeof run>[] = []

beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
  environment = await freshEnvironment('served')
  env = {
    ...process.env,
    RETRACE_TABLE_PREFIX: 'served-',
    RETRACE_BUCKET: 'served',
    RETRACE_LOG_LEVEL: 'info',
    RETRACE_REPLAY_WORKERS: '2',
  }
  await runToEnd(composeAggregator(environment), stores.settings, 200)
  await runToEnd(composeArchiver(environment), stores.settings, 200)
  live = await cellsOf('live')
}, 60_000)
afterEach(async () => {
  for (const { process: child } of services.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
})
afterAll(() => stores.close())

function startService(): ReturnType<typeof run> {
  const service = run('consumers/replay/main.ts', [], env)
  services.push(service)
  return service
}

/** As the dashboard does. */
async function ask(): Promise<string> {
  const id = `asked-${++asked}`
  const record: GenerationRecord = {
    id,
    revision: 1,
    state: 'requested',
    sites: 'all',
    from: yesterday,
    to: yesterday,
    segments: [],
    source: 'archive',
    // The one that waits longest is next.
    requestedAt: Date.now() - 600_000 + asked,
  }
  expect(await generationsOf(environment).create(record)).toBe(true)
  return id
}

const find = (id: string) => generationsOf(environment).find(id)

function becomes(id: string, state: GenerationRecord['state']): Promise<GenerationRecord> {
  return eventually(
    async () => {
      const record = await find(id)
      return record?.state === state && record
    },
    { timeoutMs: 40_000, everyMs: 100 },
  )
}

/** Cells of yesterday's arrivals, but for the name of their generation. */
async function cellsOf(generation: string): Promise<string[]> {
  const items = await dumpTable('served-cells')
  return items
    .filter((item) => item.includes(`#${yesterday}#${generation}#`))
    .map((item) => item.replace(`#${generation}#`, '#'))
}

/** As if so much time had passed since it said anything. */
async function fallsSilent(id: string, forMs: number): Promise<void> {
  const at = Date.now() - forMs
  const progress = { events: 0, expectedEvents: null, at }
  expect(await generationsOf(environment).change(id, 'progress', { startedAt: at, progress })).toMatchObject({
    outcome: 'changed',
  })
}

describe('the replay service', () => {
  it('marks a replay whose archive has a hole as failed, names the object, and goes on with the next', async () => {
    const [key = ''] = (await listObjects('served', 'archive/')).filter((each) => each.includes(`dt=${yesterday}`))
    const body = await environment.objects.get(key)
    await environment.objects.delete(key)
    const broken = await ask()
    startService()
    const { error } = await becomes(broken, 'failed')
    expect(error).toContain(`${key} is not there, and the manifest names it`)
    await environment.objects.put(key, body)
    const whole = await ask()
    expect(await becomes(whole, 'ready')).toMatchObject({ counts: { changed: 0, replayed: 1200 } })
  }, 90_000)

  it('killed -9 while it writes cells, it goes on where it was, and they end the same', async () => {
    const id = await ask()
    const first = startService()
    await eventually(async () => (await cellsOf(id)).length > 0, { timeoutMs: 40_000, everyMs: 5 })
    first.process.kill('SIGKILL')
    await once(first.process, 'close')
    expect(await find(id)).toMatchObject({ state: 'running' })
    await fallsSilent(id, 61_000)
    startService()
    expect(await becomes(id, 'ready')).toMatchObject({ counts: { changed: 0, replayed: 1200 } })
    expect(live.length).toBeGreaterThan(10)
    expect(await cellsOf(id)).toEqual(live)
  }, 90_000)

  it('leaves alone what another process has said of within a minute', async () => {
    const [other, waiting] = [await ask(), await ask()]
    await generationsOf(environment).change(other, 'claim', { startedAt: Date.now() })
    await fallsSilent(other, 20_000)
    startService()
    await becomes(waiting, 'ready')
    expect(await find(other)).toMatchObject({ state: 'running', segments: [] })
    await generationsOf(environment).change(other, 'fail')
  }, 60_000)

  it('is not alone: of two at once, one runs a replay', async () => {
    const id = await ask()
    const both = [startService(), startService()]
    await becomes(id, 'ready')
    const outputs = () => both.map(({ output }) => output()).join('\n')
    await eventually(() => outputs().includes('it is ready'))
    expect(outputs().match(/a replay is taken up/g)).toHaveLength(1)
    expect(await cellsOf(id)).toEqual(live)
  }, 60_000)

  it('is taken up once, however many find it in the same moment', async () => {
    const id = await ask()
    // Threads go by the environment of the process.
    for (const name of ['RETRACE_TABLE_PREFIX', 'RETRACE_BUCKET']) vi.stubEnv(name, env[name])
    const told: string[] = []
    const log = pino({ level: 'info' }, { write: (line) => void told.push(line) })
    await Promise.all([1, 2, 3, 4].map(() => runNext(environment, log)))
    vi.unstubAllEnvs()
    expect(await find(id)).toMatchObject({ state: 'ready', counts: { changed: 0 } })
    expect(told.filter((line) => line.includes('a replay is taken up'))).toHaveLength(1)
  }, 60_000)

  it('does not look again at once when a replay cannot be taken', async () => {
    const id = await ask()
    const faulty = await freshEnvironment('served')
    faulty.clients.dynamo.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'PutItemCommand') throw new Error('it may not be written')
          return next(args)
        },
      { step: 'initialize', name: 'refusing' },
    )
    await expect(runNext(faulty, pino({ level: 'silent' }))).rejects.toThrow('it may not be written')
    expect(await find(id)).toMatchObject({ state: 'requested' })
    await generationsOf(environment).change(id, 'fail')
  })

  it('in AWS it ends when nothing waits', async () => {
    const ids = [await ask(), await ask()]
    const { code, output } = await runProcess('consumers/replay/drain.ts', [], env)
    expect(code, output).toBe(0)
    for (const id of ids) expect(await find(id)).toMatchObject({ state: 'ready', counts: { changed: 0 } })
  }, 60_000)
})
