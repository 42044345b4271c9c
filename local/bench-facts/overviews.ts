/** Overviews of facts in a folder, without stores and HTTP. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { quantile } from '../bench-dashboard/overview.ts'
import type { OverviewsResult, OverviewsTask } from './ask-overviews.ts'
import { askProcess, site, timeOf, timeoutMs } from './asking.ts'
import { writeFacts } from './files.ts'
import type { Options } from './options.ts'

/** @param folder where facts are kept, and found again */
export async function reportOverviews(folder: string, { events, days, rounds, memory, json }: Options): Promise<void> {
  const from = Date.parse('2026-10-01T00:00Z')
  const to = from + days * granularityMs.day
  const facts = join(folder, `${events}-${days}`)
  const isThere = await stat(facts).catch(() => undefined)
  const making = isThere ? 0 : await timeOf(() => writeFacts({ site, events, from, to, seed: 1 }, facts))
  const answer = await askProcess<OverviewsTask, OverviewsResult>('ask-overviews.ts', {
    ...{ folder: facts, from: utcDay(from), to: utcDay(to - 1), rounds, memoryMb: memory, timeoutMs },
  })
  const { coldMs, narrow, broad, memoryMb: most } = answer
  const result = {
    ...{ events, days, rounds, makingMs: Math.round(making), coldMs: Math.round(coldMs) },
    newFiltersP50Ms: Math.round(quantile(narrow, 0.5)),
    newFiltersP95Ms: Math.round(quantile(narrow, 0.95)),
    broadFiltersP50Ms: Math.round(quantile(broad, 0.5)),
    broadFiltersP95Ms: Math.round(quantile(broad, 0.95)),
    memoryMb: most,
  }
  console.log(
    [
      `${events} events in ${days} days, without stores and HTTP: first overview of a process ${result.coldMs} ms`,
      `filters that none had before: p50 ${result.newFiltersP50Ms} ms, p95 ${result.newFiltersP95Ms} ms`,
      `filters that let most through: p50 ${result.broadFiltersP50Ms} ms, p95 ${result.broadFiltersP95Ms} ms`,
      `memory of the process at most ${most} MB`,
    ].join('\n'),
  )
  if (json) console.log(JSON.stringify(result))
}
