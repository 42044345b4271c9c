/** The running day is replayed while events arrive: it is cut, and nothing is lost or doubled at the seam. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { utcDay } from '../consumers/aggregator/shapes/cell-key.ts'
import { eventually } from './support/eventually.ts'
import {
  environment,
  makeDataFolder,
  type Retrace,
  removeDataFolder,
  runToEnd,
  type Summary,
  startRetrace,
  token,
} from './support/retrace.ts'

let folder: string
let retrace: Retrace
beforeAll(async () => {
  folder = await makeDataFolder()
  // A replay waits until the aggregator has saved what arrived before the cut.
  process.env.RETRACE_AGGREGATOR_SAVE_INTERVAL_MS = '3000'
  retrace = await startRetrace(folder)
})
afterAll(async () => {
  await retrace.stop()
  await removeDataFolder(folder)
})

let sent = 0
async function view(): Promise<void> {
  const at = Date.now()
  const load = (sent + 1).toString(16).padStart(16, '0')
  const event = { type: 'pageview', load, n: 0, at, url: `http://localhost:8082/page-${sent % 5}` }
  const answer = await fetch(`${retrace.ingestUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', origin: retrace.demoUrl, 'user-agent': 'Mozilla/5.0 Chrome/130.0.0.0' },
    body: JSON.stringify({ site: 'demo', sentAt: at, events: [event] }),
  })
  expect(answer.status).toBe(202)
  sent++
}

it('replays today up to a cut while events go on arriving, and every figure stays when it is published', async () => {
  for (let i = 0; i < 20; i++) await view()
  const replaying = runToEnd(
    'local/replay/cli.ts',
    ['--all', '--from', utcDay(Date.now()), '--json'],
    environment(folder),
  )
  let ended = false
  const end = replaying.finally(() => {
    ended = true
  })
  await eventually(
    async () => {
      await view()
      return ended
    },
    { timeoutMs: 90_000, everyMs: 200 },
  )
  const { code, output } = await end
  expect(code, output).toBe(0)
  const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
  expect(result, output).toMatchObject({ identical: true, changed: 0 })
  expect(result.events).toBeGreaterThan(20)
  expect(result.events).toBeLessThan(sent)
  const published = await runToEnd('local/replay/cli.ts', ['publish', result.generation], environment(folder))
  expect(published.code, published.output).toBe(0)
  for (let i = 0; i < 5; i++) await view()
  await eventually(async () => {
    const { pageviews } = await retrace.api<Summary>('/api/sites/demo/summary')
    expect(pageviews).toBe(sent)
    return true
  })
}, 120_000)

it('takes up what the dashboard asks for, and leaves what counts as it is', async () => {
  const day = utcDay(Date.now())
  const asked = await fetch(`${retrace.dashboardUrl}/api/replays`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: day, to: day, source: 'archive' }),
  })
  expect(asked.status).toBe(201)
  const { id } = (await asked.json()) as { id: string }
  type Replay = { state: string; error: string | null; counts: Record<string, number> }
  const done = await eventually(
    async () => {
      const replay = await retrace.api<Replay>(`/api/replays/${id}`)
      return (replay.state === 'ready' || replay.state === 'failed') && replay
    },
    { timeoutMs: 90_000, everyMs: 500 },
  )
  expect(done).toMatchObject({ state: 'ready', counts: { changed: 0 } })
  // Also those of the minute that the cut divides.
  expect(done.counts.replayed).toBe(sent)
  expect((await retrace.api<Summary>('/api/sites/demo/summary')).pageviews).toBe(sent)
}, 120_000)

it('marks as failed what cannot be replayed, with the reason', async () => {
  const day = utcDay(Date.now() - 3 * 86_400_000)
  const asked = await fetch(`${retrace.dashboardUrl}/api/replays`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: day, to: day, source: 'archive', rules: 'nobody-knows' }),
  })
  const { id } = (await asked.json()) as { id: string }
  const failed = await eventually(
    async () => {
      const replay = await retrace.api<{ state: string; error: string | null }>(`/api/replays/${id}`)
      return replay.state === 'failed' && replay
    },
    { timeoutMs: 60_000, everyMs: 500 },
  )
  expect(failed.error).toContain('nobody-knows')
}, 90_000)
