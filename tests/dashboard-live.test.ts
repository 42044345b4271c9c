/** Live streams of the dashboard: everything at once, then what changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Hub } from '../dashboard/live/hub.ts'
import { parsePeriod } from '../dashboard/query/period.ts'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
})

afterAll(() => dashboard.close())

describe('a live stream', () => {
  it('of one site leaves room for those of others, and makes room again', async () => {
    const hub = new Hub({ store: dashboard.options.store, now: () => now, onFailure: () => {} })
    const watch = (name: string, day: number) => {
      const site = { site: name, timeZone: 'UTC' }
      const query = { from: `2026-10-${String(day).padStart(2, '0')}` }
      const parsed = parsePeriod(query, site, now)
      if (!parsed.ok) throw new Error('no period')
      return hub.watch(site, query, parsed.period)
    }
    const days = Array.from({ length: 30 }, (_, i) => i + 1)
    const viewers = await Promise.all(days.map((day) => watch('crowded', day)))
    await expect(watch('crowded', 31)).rejects.toMatchObject({ code: 'too_many_viewers' })
    // Who asks the same as another shares with that one.
    viewers.push(await watch('crowded', 30), await watch('calm', 1))
    viewers[0]?.stream.destroy()
    await eventually(async () => {
      viewers.push(await watch('crowded', 31))
      return true
    })
    for (const { stream } of viewers) stream.destroy()
    hub.close()
  })

  it('sends everything at once, then what changes within a second, and ends when the dashboard stops', async () => {
    await dashboard.createSite('live')
    await dashboard.putVisit('live', now - 60_000, 1, 1)
    const server = await createDashboard(dashboard.options)
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const response = await fetch(`${address}/api/sites/live/live`, { headers: bearer })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const received = collect(response)

    const count = (name: string) => received.events.filter((event) => event.name === name).length
    await eventually(() => count('summary') === 1 && count('breakdown') === 9 && count('realtime') === 1, {
      timeoutMs: 1000,
    })
    expect(count('timeseries')).toBe(1)
    expect(count('anomalies')).toBe(1)

    await dashboard.putVisit('live', now - 1000, 2, 4)
    const summary = await eventually(() => received.events.filter((event) => event.name === 'summary')[1], {
      timeoutMs: 1000,
    })
    expect(summary.data).toMatchObject({ site: 'live', pageviews: 5, visitors: 2 })
    await eventually(() => count('realtime') === 2, { timeoutMs: 1000 })
    // Nothing is sent twice: panels without a change keep silent.
    expect(count('anomalies')).toBe(1)

    await server.close()
    await eventually(() => received.ended, { timeoutMs: 2000 })
  })
})

type Received = { events: { name: string; data: Record<string, unknown> }[]; ended: boolean }

/** Reads server-sent events as they arrive. */
function collect(response: Response): Received {
  const received: Received = { events: [], ended: false }
  const read = async () => {
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
        if (name && data) received.events.push({ name, data: JSON.parse(data) })
      }
    }
    received.ended = true
  }
  void read()
  return received
}
