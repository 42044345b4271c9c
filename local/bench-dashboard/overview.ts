/** What an overview asks when it is opened, and how long the server takes to answer all of it. */
import { localNow, type PeriodName, rangeOf } from '../../dashboard/page/state/period.ts'

export type Overview = { address: string; token: string; site: string; timeZone: string; period: PeriodName }

/** Until the live stream has sent everything that it begins with: `realtime` comes last. */
const lastEvent = 'event: realtime'

/**
 * @returns milliseconds until all is there: tiles, chart, all panels, and the period that they are compared with. That is the
 *   same one here: before it the site has nothing, which would be quicker
 */
export async function askOverview({ address, token, site, timeZone, period }: Overview): Promise<number> {
  const { date } = localNow(timeZone, Date.now())
  const { from, to } = rangeOf({ period }, date, null)
  const interval = period === '12mo' ? 'month' : 'day'
  const ask = (path: string, signal?: AbortSignal) =>
    fetch(`${address}/api/sites${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...(signal && { signal }),
    })
  const at = (name: string) => `/${site}/${name}?from=${from}&to=${to}&interval=${interval}`
  const startedAt = performance.now()
  const answers = ['', `/${site}`, at('summary'), at('timeseries')].map(async (path) => (await ask(path)).arrayBuffer())
  await Promise.all([...answers, readLive((signal) => ask(at('live'), signal))])
  return performance.now() - startedAt
}

async function readLive(ask: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const abort = new AbortController()
  const response = await ask(abort.signal)
  if (!response.ok || !response.body) throw new Error(`the live stream answered ${response.status}`)
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes(lastEvent)) break
  }
  abort.abort()
}

/** The value that so much of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}
