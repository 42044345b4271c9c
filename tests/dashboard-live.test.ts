/** Live streams of the dashboard: everything at once, then what changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDashboard } from '../dashboard/server.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
})

afterAll(() => dashboard.close())

describe('a live stream', () => {
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
