/**
 * From a visitor's act to the figure on an open dashboard: sends events of its own now and then, and takes the time
 * until the live stream has counted each. They have a name that no other has, so what is counted under it is known,
 * whatever else goes on at the site; and they do not wait for one another, so that a stall is met by all that were due.
 */
import { createHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { hex16, type Random } from '../random.ts'
import { readLive } from './live-stream.ts'

export type ProbeOptions = {
  endpoint: URL
  dashboardUrl: string
  token: string
  site: string
  random: Random
  /** Ends it; events that are still under way are left out. */
  signal: AbortSignal
}

export type ProbeReport = {
  /** Events that were shown, and those that were not within ten seconds. */
  shown: number
  late: number
  /** From just before the request to the figure's arrival on the live stream. */
  toDashboardMs: { p50: number; p95: number; p99: number; max: number }
}

const probeName = 'load-test probe'
const patienceMs = 10_000
/** Between two events: uneven, so that they meet every phase of what polls and gathers on the way. */
const pauseMs = { least: 100, most: 400 }
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

/** @throws when endpoint or dashboard refuse */
export async function probeDashboard(options: ProbeOptions): Promise<ProbeReport> {
  const times = new Times()
  // Whichever of the two fails ends the other.
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const live = readLive(options.dashboardUrl, options.site, options.token, signal)
  try {
    const before = await nextCount(live)
    await Promise.race([sendProbes({ ...options, signal }, times, before), takeTimes(live, times)])
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    failed.abort()
  }
  return times.report(performance.now())
}

/** @param before how many probes of earlier runs are counted already */
async function sendProbes(options: ProbeOptions, times: Times, before: number): Promise<never> {
  const { random, signal } = options
  const { least, most } = pauseMs
  let refuse: (error: unknown) => void = () => {}
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  for (let count = before + 1; ; count++) {
    await Promise.race([refused, sleep(least + random() * (most - least), undefined, { signal })])
    times.sent(count, performance.now())
    send(options).catch(refuse)
  }
}

async function takeTimes(live: ReturnType<typeof readLive>, times: Times): Promise<never> {
  while (true) times.counted(await nextCount(live), performance.now())
}

/** How many probes are counted, as soon as the stream says it. */
async function nextCount(live: ReturnType<typeof readLive>): Promise<number> {
  while (true) {
    const { value } = await live.next()
    if (value.name !== 'breakdown') continue
    const { dimension, rows } = value.data as { dimension: string; rows: { value: string; events: number }[] }
    if (dimension === 'event') return rows.find(({ value: name }) => name === probeName)?.events ?? 0
  }
}

async function send({ endpoint, site, random, signal }: ProbeOptions): Promise<void> {
  const at = Date.now()
  const url = 'https://www.example.com/'
  const event = { type: 'custom', load: hex16(random), n: 0, at, url, name: probeName }
  const answer = await fetch(new URL('/v1/events', endpoint), {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8', 'user-agent': userAgent },
    body: JSON.stringify({ site, sentAt: at, events: [event] }),
    signal,
  })
  if (answer.status !== 202) throw new Error(`the endpoint answered ${answer.status} to a probe`)
}

/** The n-th that is sent is shown when n are counted. Times are milliseconds of any clock that goes on evenly. */
export class Times {
  readonly #waiting: { count: number; sentAt: number }[] = []
  readonly #histogram = createHistogram({ lowest: 1, highest: patienceMs * 1000, figures: 3 })
  #late = 0

  sent(count: number, at: number): void {
    this.#waiting.push({ count, sentAt: at })
  }

  counted(count: number, at: number): void {
    for (let next = this.#waiting[0]; next && next.count <= count; next = this.#waiting[0]) {
      this.#waiting.shift()
      const ms = at - next.sentAt
      if (ms > patienceMs) this.#late += 1
      else this.#histogram.record(Math.max(1, Math.round(ms * 1000)))
    }
  }

  report(now: number): ProbeReport {
    const shown = this.#histogram.count
    const missing = this.#waiting.filter(({ sentAt }) => now - sentAt > patienceMs).length
    const percentile = (percent: number) => (shown === 0 ? 0 : this.#histogram.percentile(percent) / 1000)
    const toDashboardMs = { p50: percentile(50), p95: percentile(95), p99: percentile(99), max: percentile(100) }
    return { shown, late: this.#late + missing, toDashboardMs }
  }
}
