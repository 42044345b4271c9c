import { describe, expect, test } from 'vitest'
import { generateLoad } from '../load-test/generator.ts'
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
