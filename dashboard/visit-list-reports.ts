/** Answers about single visits, from facts. */
import type { MakingAnswer } from './answers.ts'
import type { Asked } from './fact-reports.ts'
import { cameWith, visitListSql, visitStepsSql } from './query/visit-list-sql.ts'
import type { FactStore } from './store/facts.ts'
import type { Happening, VisitRow, VisitStep, VisitStepsAnswer, VisitsAnswer } from './visit-list-answers.ts'
import { ofVisits } from './visit-reports.ts'

/** Each answer, or how far the facts are that it is to be made of. */
export type VisitListReports = {
  list(asked: Asked, before: string | undefined, limit: number): Promise<VisitsAnswer | MakingAnswer>
  /** @returns undefined when there is no such visit in the period */
  steps(asked: Asked, id: string): Promise<VisitStepsAnswer | MakingAnswer | undefined>
}

/** A visit of more is a program that nobody has found out. */
const mostSteps = 1000

export function createVisitListReports(store: FactStore): VisitListReports {
  return {
    list: (asked, before, limit) =>
      ofVisits(store, asked, async (visits) => {
        const rows = await store.ask(visitListSql(visits, before, limit + 1))
        const found = rows.slice(0, limit).map(toVisit)
        return { visits: found, next: rows.length > limit ? (found.at(-1)?.id ?? null) : null }
      }),
    // All that happened in it, whatever it was found by.
    steps: (asked, id) =>
      ofVisits(store, { ...asked, conditions: [] }, async (visits) => {
        const rows = await store.ask(visitStepsSql(visits, id, mostSteps + 1))
        if (rows.length === 0) return undefined
        return { id, steps: rows.slice(0, mostSteps).map(toStep), isCut: rows.length > mostSteps }
      }),
  }
}

function toVisit(row: readonly unknown[]): VisitRow {
  const [id, began, until, pageviews, clicks, events, errors, engaged, entry, exit, ...came] = row as [
    string,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    string | null,
    string | null,
    ...(string | null)[],
  ]
  const origin = Object.fromEntries(cameWith.map((name, i) => [name, came[i] || null]))
  return {
    ...{ id, at: iso(began), seconds: seconds(until - began), engagedSeconds: seconds(engaged) },
    ...{ pageviews, clicks, events, errors, entry, exit },
    ...(origin as Pick<VisitRow, (typeof cameWith)[number]>),
  }
}

function toStep(row: readonly unknown[]): VisitStep {
  const [at, what, page, value, properties, engaged, count] = row as [
    number,
    Happening,
    string | null,
    string | null,
    string | null,
    number,
    number,
  ]
  return {
    ...{ at: iso(at), what, page, value: what === 'pageview' || what === 'engagement' ? null : value },
    properties: (JSON.parse(properties ?? '[]') as string[]).map((each) => {
      const [, key = '', ...rest] = each.split('\u0000')
      return { key, value: rest.join('\u0000') }
    }),
    ...{ engagedSeconds: seconds(engaged), count },
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000
}
