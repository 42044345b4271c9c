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
import { shapes, shareAt } from '../load-test/shape.ts'
import type { Outcome } from '../load-test/tally.ts'
import { Timeline } from '../load-test/timeline.ts'
import { createTraffic, type TrafficRequest } from '../load-test/traffic.ts'
import { checkEvent } from '../stream/validate.ts'

const start = Date.UTC(2026, 0, 1)
const draw = (seed: number, count: number): TrafficRequest[] => {
  const traffic = createTraffic({ sites: ['demo'], seed, rate: 100 })
  return Array.from({ length: count }, (_, index) => traffic.next(start + index * 10))
}
const never = new AbortController().signal

describe('the traffic model', () => {
  test('draws the same traffic from the same seed, and other traffic from another', () => {
    expect(draw(7, 500)).toEqual(draw(7, 500))
    expect(draw(8, 500)).not.toEqual(draw(7, 500))
  })

  test('makes only events that the endpoint accepts as they are', () => {
    for (const event of draw(1, 5000).flatMap(({ body }) => body.events)) {
      const checked = checkEvent(event, [])
      expect(checked).toMatchObject({ ok: true, event })
    }
  })

  test('counts the events of every page load from 0, and begins it with its page view', () => {
    const loads = Map.groupBy(
      draw(2, 5000).flatMap(({ body }) => body.events),
      (event) => event.load,
    )
    expect(loads.size).toBeGreaterThan(1000)
    for (const events of loads.values()) {
      expect(events.map((event) => event.n)).toEqual(events.map((_, index) => index))
      expect(events[0]?.type).toBe('pageview')
    }
  })

  test('has popular pages and rare ones, clicks, and many browsers of every kind', () => {
    const requests = draw(3, 20_000)
    const events = requests.flatMap(({ body }) => body.events)
    const views = events.filter((event) => event.type === 'pageview')
    const viewsOf = (path: string) => views.filter((event) => new URL(event.url).pathname === path).length
    const agents = new Set(requests.map((request) => request.userAgent))

    expect(viewsOf('/') / viewsOf('/products/article-1')).toBeCloseTo(2, 0)
    expect(new Set(views.map((event) => new URL(event.url).pathname)).size).toBeGreaterThan(250)
    expect(events.filter((event) => event.type === 'click').length).toBeGreaterThan(views.length / 3)
    expect(agents.size).toBeGreaterThan(1000)
    for (const kind of ['Windows NT', 'iPhone', 'iPad', 'Android', 'Firefox', 'Edg/', 'SamsungBrowser'])
      expect([...agents].some((agent) => agent.includes(kind))).toBe(true)
  })

  test('shares visits between many sites, the first most visited', () => {
    const traffic = createTraffic({ sites: ['shop', 'blog', 'docs'], seed: 4, rate: 100 })
    const requests = Array.from({ length: 20_000 }, (_, index) => traffic.next(start + index * 10))
    const bySite = Map.groupBy(requests, ({ body }) => body.site)
    const count = (site: string) => bySite.get(site)?.length ?? 0

    expect([...bySite.keys()].sort()).toEqual(['blog', 'docs', 'shop'])
    // Zipf: the second gets half, the third a third.
    expect(count('shop') / count('blog')).toBeCloseTo(2, 0)
    expect(count('shop') / count('docs')).toBeCloseTo(3, 0)
    for (const [site, ofSite] of bySite)
      for (const { body } of ofSite)
        expect(new URL(body.events[0]?.url ?? '').hostname, 'a visit stays on its site').toBe(`${site}.example.com`)
  })
})

describe('the arrival rate', () => {
  const hundredths = Array.from({ length: 101 }, (_, index) => index / 100)

  test.each(shapes)('shaped as %s stays above nothing and below what was asked for, and reaches it', (shape) => {
    const shares = hundredths.map((progress) => shareAt(shape, progress))
    expect(Math.min(...shares)).toBeGreaterThan(0)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    expect(Math.max(...shares)).toBeGreaterThan(0.99)
  })

  test('ramps up, spikes in the middle, and follows a day from night to night', () => {
    const rising = hundredths.map((progress) => shareAt('ramp', progress))
    expect(rising).toEqual([...rising].sort((a, b) => a - b))
    expect(hundredths.filter((progress) => shareAt('spike', progress) === 1)).toHaveLength(20)
    expect(shareAt('day', 4 / 24)).toBeLessThan(0.2)
    expect(shareAt('day', 0)).toBe(shareAt('day', 1))
  })

  test('is what is sent: a ramp sends its second half over twice as fast as its first', async () => {
    const timeline = new Timeline(2)
    const report = await generateLoad({
      client: {
        send: async () => ({ kind: 'answered', status: 202, accepted: 1, rejected: 0 }),
        close: () => undefined,
      },
      traffic: createTraffic({ sites: ['demo'], seed: 5, rate: 1000 }),
      rate: 1000,
      shape: 'ramp',
      durationSeconds: 2,
      timeline,
      signal: never,
    })
    const [first, second] = timeline.report().points
    // The shares' means: 0.325 and 0.775.
    expect((second?.due ?? 0) / (first?.due ?? 1)).toBeCloseTo(2.4, 0)
    expect(report.targetRate).toBeGreaterThan(500)
    expect(report.targetRate).toBeLessThan(600)
    expect((first?.due ?? 0) + (second?.due ?? 0)).toBe(report.events)
  })
})

describe('the timeline', () => {
  const answered = (status: number): Outcome => ({ kind: 'answered', status, accepted: 1, rejected: 0 })

  test('counts a request to the second in which it was due, however late it was answered', () => {
    const timeline = new Timeline(3)
    timeline.due(500, 2)
    timeline.due(1500, 1)
    timeline.sent(1600, 3)
    timeline.answered(500, answered(202), 2500)
    timeline.answered(1500, answered(503), 20)
    timeline.answered(1500, { kind: 'failed', code: 'ECONNRESET' }, 20)
    const { points, distribution } = timeline.report()

    expect(points).toMatchObject([
      { from: 0, due: 2, sent: 0, answers: { 202: 1 } },
      { from: 1, due: 1, sent: 3, answers: { 503: 1, ECONNRESET: 1 } },
    ])
    // Histograms of two digits.
    expect(points[0]?.latency?.p50).toBeCloseTo(2500, -2)
    expect(points[1]?.latency?.max).toBeCloseTo(20, 0)
    expect(distribution.reduce((sum, { requests }) => sum + requests, 0)).toBe(2)
    expect(distribution[0]?.from).toBeLessThanOrEqual(20)
    expect(distribution.at(-1)?.to).toBeGreaterThan(2500)
  })

  test('has at most 600 points, however long the run', () => {
    const timeline = new Timeline(86_400)
    timeline.due(86_399_000, 1)
    const { points } = timeline.report()
    expect(points).toHaveLength(600)
    expect(points.at(-1)).toMatchObject({ seconds: 144, due: 1 })
  })
})

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
