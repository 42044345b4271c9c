/** The probe of the load test: from an event to its figure on an open dashboard. */
import { PassThrough } from 'node:stream'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProbeOptions, probeDashboard, Times } from '../load-test/probe/probe.ts'
import { seededRandom } from '../load-test/random.ts'
import { eventually } from './support/eventually.ts'

describe('the times', () => {
  it('are those from each event to the count that holds it', () => {
    const times = new Times()
    for (const [count, at] of [
      [5, 0],
      [6, 100],
      [7, 200],
    ] as const)
      times.sent(count, at)
    times.counted(4, 300)
    times.counted(6, 500)
    times.counted(7, 900)
    const { shown, late, toDashboardMs } = times.report(1000)
    expect([shown, late]).toEqual([3, 0])
    expect(toDashboardMs.p50).toBeCloseTo(500, -1)
    expect(toDashboardMs.max).toBeCloseTo(700, -1)
  })

  it('tell what is shown too late, or not at all', () => {
    const times = new Times()
    times.sent(1, 0)
    times.sent(2, 0)
    times.counted(1, 10_001)
    expect(times.report(10_001)).toMatchObject({ shown: 0, late: 2 })
  })
})

describe('a probe', () => {
  let server: FastifyInstance
  let status: number
  let names: string[]
  let options: Omit<ProbeOptions, 'signal'>

  /** Endpoint and dashboard in one: what is posted is counted at once, beside what others do. */
  beforeEach(async () => {
    status = 202
    names = []
    const viewers: PassThrough[] = []
    const tell = (viewer: PassThrough) => {
      const rows = [
        { value: 'signup', events: 400 },
        ...names.slice(0, 1).map((value) => ({ value, events: names.length })),
      ]
      viewer.write(`event: summary\ndata: {"events":1}\n\n: still there\n\n`)
      viewer.write(`event: breakdown\ndata: ${JSON.stringify({ dimension: 'page', rows: [] })}\n\n`)
      viewer.write(`event: breakdown\ndata: ${JSON.stringify({ dimension: 'event', rows })}\n\n`)
    }
    server = fastify({ forceCloseConnections: true })
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) =>
      done(null, JSON.parse(body as string)),
    )
    server.post<{ Body: { events: { name: string }[] } }>('/v1/events', async ({ body }, reply) => {
      names.push(...body.events.map(({ name }) => name))
      for (const viewer of viewers) tell(viewer)
      return reply.code(status).send({ accepted: 1, rejected: [] })
    })
    server.get('/api/sites/demo/live', async ({ headers }, reply) => {
      if (headers.authorization !== 'Bearer right') return reply.code(401).send({})
      const viewer = new PassThrough()
      viewers.push(viewer)
      tell(viewer)
      return reply.type('text/event-stream').send(viewer)
    })
    const dashboardUrl = await server.listen({ port: 0, host: '127.0.0.1' })
    options = { endpoint: new URL(dashboardUrl), dashboardUrl, token: 'right', site: 'demo', random: seededRandom(1) }
  })
  afterEach(() => server.close())

  it('takes the time of each event until it is told to end', async () => {
    const ended = new AbortController()
    const probing = probeDashboard({ ...options, signal: ended.signal })
    await eventually(() => names.length >= 3)
    ended.abort()
    const { shown, late, toDashboardMs } = await probing
    expect(shown).toBeGreaterThanOrEqual(2)
    expect(late).toBe(0)
    expect(toDashboardMs.p50).toBeLessThan(1000)
    expect(new Set(names)).toEqual(new Set(['load-test probe']))
  })

  it('says when the dashboard or the endpoint refuses', async () => {
    const { signal } = new AbortController()
    await expect(probeDashboard({ ...options, token: 'wrong', signal })).rejects.toThrow('answered 401')
    status = 403
    await expect(probeDashboard({ ...options, signal })).rejects.toThrow('the endpoint answered 403')
  })
})
