import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from '../load-test/client.ts'
import { generateLoad } from '../load-test/generator.ts'
import { parseCommand, repeatableCommand } from '../load-test/options.ts'
import type { Outcome } from '../load-test/tally.ts'
import { createTraffic, type TrafficRequest } from '../load-test/traffic.ts'

const start = Date.UTC(2026, 0, 1)
const draw = (seed: number, count: number): TrafficRequest[] => {
  const traffic = createTraffic({ sites: ['demo'], seed, rate: 100 })
  return Array.from({ length: count }, (_, index) => traffic.next(start + index * 10))
}
const never = new AbortController().signal

describe('against an endpoint', () => {
  let endpoint: FastifyInstance
  let url: URL
  let received: { at: number; events: number }[]
  let answerAfterMs: number

  beforeAll(async () => {
    endpoint = fastify()
    endpoint.removeAllContentTypeParsers()
    endpoint.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
      done(null, JSON.parse(body as string)),
    )
    endpoint.get('/healthz', async () => ({}))
    // Refuses the second event of a request; every tenth request is one too many.
    endpoint.post<{ Body: TrafficRequest['body'] }>('/v1/events', async (request, reply) => {
      const { events } = request.body
      received.push({ at: performance.now(), events: events.length })
      const overloaded = received.length % 10 === 0
      await sleep(answerAfterMs)
      if (overloaded) return reply.code(503).send({ code: 'unavailable' })
      const rejected = events.slice(1).map((_, index) => ({ index: index + 1, code: 'bad_field', message: '' }))
      return reply.code(202).send({ accepted: 1, rejected })
    })
    url = new URL(await endpoint.listen({ port: 0 }))
  })
  beforeEach(() => {
    received = []
    answerAfterMs = 0
  })
  afterAll(() => endpoint.close())

  test('holds its schedule although the answers are slow', async () => {
    answerAfterMs = 400
    const report = await generateLoad({
      client: createClient(url, 512, 5000),
      traffic: createTraffic({ sites: ['demo'], seed: 1, rate: 300 }),
      rate: 300,
      durationSeconds: 2,
      signal: never,
    })

    const arrivedEvents = received.reduce((sum, { events }) => sum + events, 0)
    const spanSeconds = ((received.at(-1)?.at ?? 0) - (received[0]?.at ?? 0)) / 1000
    expect(arrivedEvents / spanSeconds).toBeGreaterThan(270)
    expect(arrivedEvents / spanSeconds).toBeLessThan(330)
    expect(report.achievedRate).toBeGreaterThan(270)
    expect(report.achievedRate).toBeLessThan(330)
    expect(report.latencyMs.p50).toBeGreaterThanOrEqual(400)
    expect(report.events).toBe(arrivedEvents)
  })

  test('counts answers, accepted and refused events as the endpoint gave them', async () => {
    const report = await generateLoad({
      client: createClient(url, 8, 5000),
      traffic: createTraffic({ sites: ['demo'], seed: 2, rate: 400 }),
      rate: 400,
      durationSeconds: 1,
      maxInFlight: 8,
      signal: never,
    })

    const refused = Math.floor(received.length / 10)
    const answered = received.filter((_, index) => (index + 1) % 10 !== 0)
    expect(report.requests).toBe(received.length)
    expect(report.statuses).toEqual({ 202: received.length - refused, 503: refused })
    expect(report.accepted).toBe(answered.length)
    expect(report.rejected).toBe(answered.reduce((sum, { events }) => sum + events - 1, 0))
    expect(report.failures).toEqual({})
  })

  test('the command writes a report that needs nothing from elsewhere, and repeats its command line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'load-report-'))
    const file = join(folder, 'report.html')
    const options = ['--rate', '200', '--duration', '1.5', '--shape', 'spike', '--sites', 'demo,blog', '--seed', '11']
    const child = loadTest('--url', url.origin, ...options, '--report', file)
    expect(await child.exitCode).toBe(0)
    const page = await readFile(file, 'utf8')
    await rm(folder, { recursive: true })

    for (const title of ['Rate', 'Latency', 'Distribution', 'Answers', 'Summary'])
      expect(page).toContain(`<h2>${title}</h2>`)
    expect(page).toContain('--shape spike --sites demo,blog --seed 11')
    expect(page).toMatch(/202: \d+/)
    expect(page).toMatch(/503: \d+/)
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|NaN|undefined|Infinity/)
    expect(page.match(/<svg /g)).toHaveLength(4)
  })

  test('the command ends on Ctrl-C with its summary, and one JSON object as the last line', async () => {
    const child = loadTest('--url', url.origin, '--rate', '200', '--duration', '60', '--seed', '9', '--json')
    await expect.poll(() => received.length, { timeout: 8000 }).toBeGreaterThan(20)
    child.process.kill('SIGINT')
    expect(await child.exitCode).toBe(0)

    const output = child.output()
    expect(output).toMatch(/latency p99 +\d/)
    expect(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      seed: 9,
      interrupted: true,
      requests: received.length,
    })
  })
})

describe('a slow endpoint', () => {
  const answer: Outcome = { kind: 'answered', status: 202, accepted: 1, rejected: 0 }
  const oneEvent = { next: () => ({ ...draw(1, 1)[0], body: { events: [{}] } }) as unknown as TrafficRequest }

  test('shows in the latency of the requests that it kept from being sent', async () => {
    let sent = 0
    const stallsOnce = async () => {
      sent += 1
      if (sent === 1) await sleep(500)
      return answer
    }
    const report = await generateLoad({
      client: { send: stallsOnce, close: () => undefined },
      traffic: oneEvent,
      rate: 100,
      durationSeconds: 0.6,
      maxInFlight: 1,
      signal: never,
    })
    // Requests were due evenly over those 500 ms: half of them waited more than 200 ms, though each took none.
    expect(report.requests).toBe(60)
    expect(report.latencyMs.p50).toBeGreaterThan(150)
  })

  test('fills the backlog to its bound; what is due beyond it is counted, not kept', async () => {
    const closed = Promise.withResolvers<Outcome>()
    const report = await generateLoad({
      client: { send: () => closed.promise, close: () => closed.resolve({ kind: 'failed', code: 'CLOSED' }) },
      traffic: oneEvent,
      rate: 1000,
      durationSeconds: 0.2,
      maxInFlight: 5,
      maxBacklog: 10,
      drainSeconds: 0.1,
      signal: never,
    })
    expect(report).toMatchObject({ requests: 5, failures: { CLOSED: 5 }, notSent: 195 })
  })
})

describe('the command line', () => {
  test('refuses another machine, unless told that it may', () => {
    const remote = ['--url', 'https://stats.example.org']
    expect(parseCommand(remote)).toMatchObject({ kind: 'wrong', message: expect.stringContaining('--allow-remote') })
    expect(parseCommand([...remote, '--allow-remote'])).toMatchObject({ kind: 'run' })
    for (const here of ['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:8080'])
      expect(parseCommand(['--url', here])).toMatchObject({ kind: 'run' })
  })

  test.each([
    [['--rate', 'fast'], '--rate must be a number from 0.1 to 100000'],
    [['--duration', '0'], '--duration must be a number from 0.1 to 604800'],
    [['--seed', '1.5'], '--seed must be an integer, 0 or larger'],
    [['--url', 'localhost'], '--url must be an http or https address'],
    [['--shape', 'round'], '--shape must be one of constant, ramp, spike, day'],
    [['--site', 'A b'], '--site must be lower-case letters, digits, dots and dashes'],
    [['--sites', 'a,,b'], '--sites must be lower-case letters, digits, dots and dashes, with commas between'],
    [['--sites', 'a,b,a'], '--sites names a site twice'],
    [['--site', 'a', '--sites', 'b,c'], '--site and --sites exclude each other'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j is one clear line', (argv, message) => {
    expect(parseCommand(argv)).toEqual({ kind: 'wrong', message })
  })

  test('says how the same traffic is sent again, as a shell takes it', () => {
    expect(repeatableCommand(['--rate', '5'], 42)).toBe('npm run load-test -- --rate 5 --seed 42')
    expect(repeatableCommand(['--seed=7', '--report', "Bob's run.html"], 7)).toBe(
      "npm run load-test -- --seed=7 --report 'Bob'\\''s run.html'",
    )
  })

  test('exits 2 before it sends anything when the report has no place', async () => {
    const child = loadTest('--report', join(tmpdir(), 'no-such-folder', 'report.html'))
    expect(await child.exitCode).toBe(2)
  })

  test('exits 2 for a wrong flag, and 1 when nothing answers', async () => {
    const wrong = loadTest('--fast')
    expect(await wrong.exitCode).toBe(2)
    // Port 1 (tcpmux) is reserved, and nothing has listened there for decades.
    const unreachable = loadTest('--url', 'http://127.0.0.1:1')
    expect(await unreachable.exitCode).toBe(1)
  })
})

function loadTest(...args: string[]): { process: ChildProcess; exitCode: Promise<number | null>; output(): string } {
  const cli = fileURLToPath(new URL('../load-test/cli.ts', import.meta.url))
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const exitCode = once(child, 'close').then(([code]) => code as number | null)
  return { process: child, exitCode, output: () => output }
}
