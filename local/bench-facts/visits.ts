/** `npm run bench:facts -- --files DIR --visits`: how long a funnel of four steps and retention by week take. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { quantile } from '../bench-dashboard/overview.ts'
import type { Question, Took, VisitsResult, VisitsTask } from './ask-visits.ts'
import { askProcess, site, timeoutMs } from './asking.ts'
import { writeFacts } from './files.ts'
import type { Options } from './options.ts'

const rememberedWeeks = 12
const questions = ['funnel', 'funnelInDays', 'cohorts'] as const satisfies readonly Question[]

/** @param folder where facts are kept, and found again */
export async function reportVisits(folder: string, { events, days, rounds, memory, json }: Options): Promise<void> {
  // A Monday: the first window begins with it.
  const from = Date.parse('2026-08-31T00:00Z')
  const to = from + days * granularityMs.day
  const facts = join(folder, `returning-${events}-${days}`)
  if (!(await stat(facts).catch(() => undefined)))
    await writeFacts({ site, events, from, to, seed: 1, rememberedWeeks }, facts)
  const answer = await askProcess<VisitsTask, VisitsResult>('ask-visits.ts', {
    ...{ folder: facts, from: utcDay(from), to: utcDay(to - 1), rounds, memoryMb: memory, timeoutMs },
    remembered: { rememberedFrom: from, rememberedWeeks },
  })
  const result = summarise(answer, { events, days, rounds })
  console.log(
    [
      `${events} events in ${days} days, without stores and HTTP; all facts counted once: ${result.scan.p50} ms`,
      ...questions.flatMap((question) =>
        (['plain', 'filtered'] as const).map((how) => {
          const { p50, p95, cpuP50, toScan } = result[how][question]
          return `${question}, ${how}: p50 ${p50} ms, p95 ${p95} ms, ${toScan} times the count; ${cpuP50} ms of the processor`
        }),
      ),
      `came through the funnel's steps: ${result.reached.join(', ')}; cells of cohorts: ${result.cells}`,
      `memory of the process at most ${result.memoryMb} MB`,
    ].join('\n'),
  )
  if (json) console.log(JSON.stringify(result))
}

function summarise({ plain, filtered, scan, ...rest }: VisitsResult, asked: object) {
  const ofScan = figuresOf(scan)
  const timesOf = (measured: VisitsResult['plain']) =>
    Object.fromEntries(
      questions.map((question) => {
        const figures = figuresOf(measured[question])
        return [question, { ...figures, toScan: Number((figures.p50 / ofScan.p50).toFixed(1)) }]
      }),
    ) as Record<Question, ReturnType<typeof figuresOf> & { toScan: number }>
  return { ...asked, plain: timesOf(plain), filtered: timesOf(filtered), scan: ofScan, ...rest }
}

function figuresOf(took: readonly Took[]): { p50: number; p95: number; cpuP50: number } {
  const times = took.map(({ ms }) => ms)
  const cpu = took.map(({ cpuMs }) => cpuMs)
  return {
    p50: Math.round(quantile(times, 0.5)),
    p95: Math.round(quantile(times, 0.95)),
    cpuP50: Math.round(quantile(cpu, 0.5)),
  }
}
