/** Answers about who comes back in later weeks, from facts. */
import { granularityMs } from '../consumers/aggregator/shapes/cell-key.ts'
import { weekMs } from '../stream/remembered.ts'
import type { Site } from '../stream/site.ts'
import type { MakingAnswer } from './answers.ts'
import type { CohortsAnswer } from './cohort-answers.ts'
import type { Asked } from './fact-reports.ts'
import { type CohortPlan, cohortsSql, planCohorts } from './query/cohort-sql.ts'
import { visitsOf } from './query/visit-sql.ts'
import type { FactStore } from './store/facts.ts'
import { withFiles } from './visit-reports.ts'

export type CohortReports = {
  cohorts(site: Site, asked: Asked): Promise<CohortsAnswer | MakingAnswer>
}

/** Visits over the midnight at which names changed began before it. */
const longestVisitMs = granularityMs.day

export function createCohortReports(store: FactStore, now: () => number): CohortReports {
  return {
    async cohorts(site, { period, view, conditions }) {
      const { rememberedWeeks = null, rememberedFrom } = site
      const remembered = { rememberedWeeks, rememberedFrom: rememberedFrom === undefined ? null : iso(rememberedFrom) }
      const plan = planCohorts(site, period, now())
      if (!plan) return { ...remembered, runningWeek: null, cohorts: [] }
      const { to } = plan
      const span = { from: plan.from - (conditions.length > 0 ? longestVisitMs : 0), to }
      const rows = await withFiles(store, { site: site.site, view }, span, (files) => {
        const chosen = conditions.length > 0 ? visitsOf(files, span, conditions) : undefined
        return store.ask(cohortsSql(visitsOf(files, { from: plan.from, to }, []), chosen))
      })
      if ('making' in rows) return rows
      const running = plan.cohorts.at(-1)?.week
      const runningWeek = running !== undefined && to > now() ? dayOf(running) : null
      return { ...remembered, runningWeek, cohorts: toCohorts(plan, rows as [number, number, number][]) }
    },
  }
}

function toCohorts(plan: CohortPlan, rows: readonly [number, number, number][]): CohortsAnswer['cohorts'] {
  const counted = new Map(rows.map(([cohort, week, visitors]) => [`${cohort} ${week}`, visitors]))
  return plan.cohorts.map(({ week, lastWeek, isFirstOfWindow }) => {
    const visitors = counted.get(`${week} ${week}`) ?? 0
    const later = Array.from({ length: (lastWeek - week) / weekMs }, (_, i) => {
      const returned = counted.get(`${week} ${week + (i + 1) * weekMs}`) ?? 0
      return { visitors: returned, rate: visitors === 0 ? null : returned / visitors }
    })
    return { week: dayOf(week), isFirstOfWindow, visitors, later }
  })
}

function dayOf(at: number): string {
  return iso(at).slice(0, 10)
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
