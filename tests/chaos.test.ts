/** `npm run chaos`: it kills, it counts, it would notice a loss, and it leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseChaosCommand } from '../load-test/chaos/options.ts'
import { awaitCounted } from '../load-test/reconcile/counted.ts'
import { EventSet } from '../load-test/reconcile/event-set.ts'
import { type ReconcileOptions, reconcile } from '../load-test/reconcile/reconcile.ts'
import { createStoreClients } from '../load-test/reconcile/stores.ts'
import type { Delivery } from '../stream/event.ts'
import { encodeRecord } from '../stream/record.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { root } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { putRecords } from './support/stream.ts'

describe('a run', () => {
  let temporary: string
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'retrace-test-'))
  })
  afterEach(() => rm(temporary, { recursive: true, force: true }))

  const started: ChildProcess[] = []
  afterAll(() => {
    for (const child of started) child.kill('SIGTERM')
  })

  function chaos(...args: string[]): { child: ChildProcess; output: () => string; stdout: () => string } {
    const child = spawn(process.execPath, [join(root, 'load-test/chaos/cli.ts'), ...args], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(child)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
    return { child, stdout: () => stdout, output: () => stderr + stdout }
  }

  it('kills the endpoint five times, loses nothing that was acknowledged, and counts nothing twice', async () => {
    const { child, stdout, output } = chaos('--target', 'ingest', '--kills', '5', '--rate', '300', '--json')
    const [code] = await once(child, 'close')
    expect(code, output()).toBe(0)
    const report = JSON.parse(stdout().trim().split('\n').at(-1) ?? '')
    expect(report).toMatchObject({
      kills: 5,
      exitCodes: { SIGKILL: 5 },
      lost: 0,
      missing: 0,
      doubled: 0,
      crashes: 0,
      stuck: 0,
    })
    expect(report.acknowledged).toBeGreaterThan(100)
    expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged)
    expect(report.counted).toBe(report.stored)
    expect(report.unknown).toBeGreaterThan(0)
    expect(await readdir(temporary)).toEqual([])
  }, 90_000)

  it('stops the endpoint three times with SIGTERM, and every request that was sent has its answer', async () => {
    const { child, stdout, output } = chaos(
      '--target',
      'ingest',
      '--kills',
      '3',
      '--sigterm',
      '--rate',
      '300',
      '--json',
    )
    const [code] = await once(child, 'close')
    expect(code, output()).toBe(0)
    const report = JSON.parse(stdout().trim().split('\n').at(-1) ?? '')
    expect(report).toMatchObject({ kills: 3, exitCodes: { 0: 3 }, unanswered: 0, lost: 0, missing: 0, doubled: 0 })
  }, 90_000)

  it('takes everything away that it started when it is interrupted', async () => {
    const { child, output } = chaos('--target', 'ingest', '--kills', '1000')
    await eventually(() => output().includes('Ending the ingestion endpoint 1000 times'), { timeoutMs: 30_000 })
    const [folder = ''] = await readdir(temporary)
    const { pids } = JSON.parse(await readFile(join(temporary, folder, 'running.json'), 'utf8'))
    expect(Object.values<number>(pids).every(isRunning)).toBe(true)
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code, output()).toBe(130)
    expect(Object.values<number>(pids).filter(isRunning)).toEqual([])
    expect(await readdir(temporary)).toEqual([])
  }, 90_000)
})

describe('the account', () => {
  let stores: TestStores
  let options: Omit<ReconcileOptions, 'acknowledged'>
  beforeAll(async () => {
    stores = await startStores()
    const { RETRACE_STREAM: stream, RETRACE_BUCKET: bucket } = stores.settings
    options = { clients: createStoreClients(process.env), stream, bucket }
  })
  afterAll(() => stores.close())

  it('finds what is lost, doubled, late, unreadable or waits in the overflow', async () => {
    const first = recordOf(0, aDelivery({ events: [anEvent({ n: 0 }), anEvent({ n: 1 })], received: noon }))
    const again = recordOf(1, aDelivery({ events: [anEvent({ n: 1 }), anEvent({ n: 2 })], received: noon + 20 }))
    const late = recordOf(2, aDelivery({ events: [anEvent({ n: 3 })], received: noon + 10 }))
    const waiting = recordOf(3, aDelivery({ events: [anEvent({ n: 4 })] }))
    await putRecords(stores.settings, [first, again, late, Buffer.from('no record')])
    await overflow('waiting', waiting)
    // One that was put back into the stream a moment ago, and is not deleted yet.
    await overflow('redriven', late)

    const account = await reconcile({ ...options, acknowledged: acknowledge(0, 2, 4, 9) })
    expect(account).toEqual({
      acknowledged: 4,
      stored: 5,
      lost: 1,
      lostExamples: [{ site: 'demo', load: anEvent().load, n: 9 }],
      duplicated: 1,
      unacknowledged: 2,
      outOfOrder: 1,
      undecodable: 1,
      overflowed: 1,
    })
  })

  function overflow(name: string, Body: Buffer): Promise<unknown> {
    return options.clients.s3.send(new PutObjectCommand({ Bucket: options.bucket, Key: `overflow/${name}`, Body }))
  }
})

describe('the figures of the dashboard', () => {
  let server: Server
  let answers: { events: number; pageviews: number; clicks: number }[]
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.end(JSON.stringify(answers.length > 1 ? answers.shift() : answers[0]))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => server.close())

  const figures = (events: number, clicks: number) =>
    new Map([['demo', { events, pageviews: events - clicks, clicks, firstAt: noon, lastAt: noon }]])
  const counted = (least: ReturnType<typeof figures>, most = least) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return awaitCounted({ url, token: '' }, { least, most }, { settledMs: 40, stuckMs: 120, pollMs: 5 })
  }

  it('are waited for while they grow', async () => {
    answers = [0, 4, 10].map((events) => ({ events, pageviews: events, clicks: 0 }))
    expect(await counted(figures(10, 0))).toEqual({ counted: 10, missing: 0, doubled: 0 })
  })

  it('give away what is missing and what is doubled, even where the sum is right', async () => {
    answers = [{ events: 10, pageviews: 7, clicks: 3 }]
    expect(await counted(figures(10, 4))).toEqual({ counted: 10, missing: 1, doubled: 1 })
  })

  it('may or may not hold what waits in the overflow', async () => {
    answers = [{ events: 9, pageviews: 6, clicks: 3 }]
    expect(await counted(figures(8, 3), figures(10, 3))).toEqual({ counted: 9, missing: 0, doubled: 0 })
  })
})

describe('the set of events', () => {
  it('holds what was added, whatever the order', () => {
    const n = fc.integer({ min: 0, max: 30 })
    fc.assert(
      fc.property(fc.array(n), n, (added, asked) => {
        const set = new EventSet()
        const model = new Set<number>()
        for (const one of added) expect(set.add('demo', 'load', one)).toBe(!model.has(one) && !!model.add(one))
        expect(set.has('demo', 'load', asked)).toBe(model.has(asked))
        expect([...set].map((event) => event.n)).toEqual([...model].sort((a, b) => a - b))
        expect(set.size).toBe(model.size)
      }),
    )
  })
})

describe('the command', () => {
  it.each([
    [[], '--target must be ingest or consumers'],
    [['--target', 'dns'], '--target must be ingest or consumers'],
    [['--target', 'ingest', '--kills', 'many'], '--kills must be an integer from 0 to 100000'],
    [['--target', 'ingest', '--rate', '1'], '--rate must be an integer from 10 to 20000'],
    [['--target', 'ingest', '--sigkill'], "Unknown option '--sigkill'"],
  ])('says in one line what is wrong with %j', (argv, message) => {
    expect(parseChaosCommand(argv)).toEqual({ kind: 'wrong', message })
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function acknowledge(...numbers: number[]): EventSet {
  const set = new EventSet()
  for (const n of numbers) set.add('demo', anEvent().load, n)
  return set
}

function recordOf(producerSequence: number, delivery: Delivery): Buffer {
  const header = {
    producerId: 'fedcba9876543210',
    producerSequence,
    traceId: '0'.repeat(32),
    createdAt: noon,
    eventCount: delivery.events.length,
  }
  return encodeRecord(header, Buffer.from(JSON.stringify([delivery])))
}
