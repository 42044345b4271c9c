/**
 * A process that answers funnels and retention from facts in a folder as a dashboard does, without HTTP and stores: told which,
 * it tells how long each took, and the most memory that it had.
 */
import { fromPart } from '../../consumers/facts/shapes/fact-columns.ts'
import type { CohortsAnswer } from '../../dashboard/cohort-answers.ts'
import { createCohortReports } from '../../dashboard/cohort-reports.ts'
import type { Asked } from '../../dashboard/fact-reports.ts'
import { parseStep } from '../../dashboard/query/steps.ts'
import { openFigures } from '../../dashboard/store/facts.ts'
import type { FunnelReportAnswer } from '../../dashboard/visit-answers.ts'
import { createVisitReports } from '../../dashboard/visit-reports.ts'
import type { Site } from '../../stream/site.ts'
import { answerTask, conditionsOf, type FactsTask, filesIn, mostMemoryMb, periodOf, site } from './asking.ts'
import { countries } from './past.ts'

export type VisitsTask = FactsTask & {
  /** Since when visitors are remembered, and for how many weeks. */
  remembered: { rememberedFrom: number; rememberedWeeks: number }
}

const questions = ['funnel', 'funnelInDays', 'cohorts'] as const
export type Question = (typeof questions)[number]
export type Took = { ms: number; cpuMs: number }
/** Of each round. `plain`: without filters; `filtered`: under two that none had before; `scan`: all facts counted, for comparison. */
export type VisitsResult = {
  plain: Record<Question, Took[]>
  filtered: Record<Question, Took[]>
  scan: Took[]
  /** Who came through the funnel, and how many cells of cohorts somebody is in: what is measured is not nothing. */
  reached: number[]
  cells: number
  memoryMb: number
}

const steps = ['page~products', 'target:Read more', 'page~docs', 'page~help'].flatMap((text) => {
  const result = parseStep(text)
  return result.ok ? [result.step] : []
})
const days = 7

async function measure(task: VisitsTask): Promise<VisitsResult> {
  const { folder, rounds, memoryMb, timeoutMs, remembered } = task
  const files = await filesIn(folder)
  const period = periodOf(task)
  const remembering = { site, ...remembered } as Site
  const scanSql = `SELECT count(DISTINCT visitor), count(DISTINCT visit_id), sum(events) FROM ${fromPart(files, 'facts')}`

  /** One that has answered nothing yet: answers are kept by question. */
  function open() {
    const answers = openFigures({ folder, memoryMb, timeoutMs })
    const find = async () => ({ kind: 'ready', facts: { files, through: undefined } }) as const
    const store = { ...answers, find } as never
    const visits = createVisitReports(store)
    const returning = createCohortReports(store, () => period.to)
    const ask: Record<Question, (asked: Asked) => Promise<object>> = {
      funnel: (asked) => visits.funnel(asked, steps, 'visit'),
      funnelInDays: (asked) => visits.funnel(asked, steps, days),
      cohorts: (asked) => returning.cohorts(remembering, asked),
    }
    return { questions: ask, scan: () => answers.ask({ text: scanSql, values: {} }), close: answers.close }
  }

  const askedUnder = (filters: readonly string[]): Asked => ({
    ...{ site, period, view: { generationOf: () => 'live' } as never },
    conditions: conditionsOf(filters),
  })
  const filtersOf = (round: number) => [`!country:${countries[round % countries.length]}`, `!page:/docs/${round}`]

  const result: VisitsResult = {
    plain: { funnel: [], funnelInDays: [], cohorts: [] },
    filtered: { funnel: [], funnelInDays: [], cohorts: [] },
    ...{ scan: [], reached: [], cells: 0, memoryMb: 0 },
  }
  const filtered = open()
  for (let round = 0; round < rounds; round += 1) {
    const plain = open()
    // DuckDB is loaded then, which a dashboard has done long since.
    await plain.questions.funnel(askedUnder(['country:none']))
    result.scan.push(await timeOf(plain.scan))
    for (const question of questions) {
      result.plain[question].push(await timeOf(() => plain.questions[question](askedUnder([]))))
      result.filtered[question].push(await timeOf(() => filtered.questions[question](askedUnder(filtersOf(round)))))
    }
    plain.close()
  }
  const { steps: reached } = (await filtered.questions.funnel(askedUnder([]))) as FunnelReportAnswer
  const { cohorts } = (await filtered.questions.cohorts(askedUnder([]))) as CohortsAnswer
  filtered.close()
  return {
    ...result,
    reached: reached.map((step) => step.reached),
    cells: cohorts.reduce((sum, { later }) => sum + later.filter(({ visitors }) => visitors > 0).length, 0),
    memoryMb: await mostMemoryMb(),
  }
}

/** Milliseconds of time, and of the processor, all threads together. */
async function timeOf(work: () => Promise<unknown>): Promise<Took> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

answerTask(measure)
