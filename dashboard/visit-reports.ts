/** Answers about what happened in visits: goals, funnels and journeys, from facts. */
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import type { GoalRate, MakingAnswer } from './answers.ts'
import type { Asked } from './fact-reports.ts'
import { funnelSql, type Within } from './query/funnel-sql.ts'
import { conversionsBySql, conversionsSql } from './query/goal-sql.ts'
import { journeysSql } from './query/journey-sql.ts'
import { inHours } from './query/plan.ts'
import { ratesSql } from './query/rate-sql.ts'
import { type Step, writeStep } from './query/steps.ts'
import { type Sql, type Visits, visitsOf } from './query/visit-sql.ts'
import type { FactRow } from './store/fact-questions.ts'
import type { FactStore } from './store/facts.ts'
import type {
  ConversionsAnswer,
  ConversionsByAnswer,
  FunnelReportAnswer,
  GoalAnswer,
  JourneysAnswer,
} from './visit-answers.ts'

export type Goal = GoalAnswer & { parsed: Step }

/** Each answer, or how far the facts are that it is to be made of. */
export type VisitReports = {
  conversions(asked: Asked, goals: readonly Goal[]): Promise<ConversionsAnswer | MakingAnswer>
  conversionsBy(
    asked: Asked,
    goal: Goal,
    dimension: Dimension,
    limit: number,
  ): Promise<ConversionsByAnswer | MakingAnswer>
  /** Of a list's rows. A value that has no visits here, or comes after many, is missing. */
  ratesBy(asked: Asked, goal: Goal, dimension: Dimension): Promise<ReadonlyMap<string, GoalRate> | MakingAnswer>
  funnel(asked: Asked, steps: readonly Step[], within: Within): Promise<FunnelReportAnswer | MakingAnswer>
  /** @param page undefined: whatever a visit began with */
  journeys(asked: Asked, page: string | undefined): Promise<JourneysAnswer | MakingAnswer>
}

export function createVisitReports(store: FactStore): VisitReports {
  const rowsOf = (sql: Sql): Promise<readonly FactRow[]> => store.ask(sql)

  return {
    conversions: (asked, goals) =>
      ofVisits(store, asked, async (facts) => {
        const steps = goals.map(({ parsed }) => parsed)
        const [[, visits, visitors] = [0, 0, 0], ...rows] = (await rowsOf(conversionsSql(facts, steps))) as number[][]
        return {
          visits: visits ?? 0,
          visitors: visitors ?? 0,
          goals: goals.map(({ id, name, value, currency }, i) => {
            const [, conversions = 0, converted = 0, completions = 0] = rows[i] ?? []
            const rates = { rate: share(conversions, visits), visitorRate: share(converted, visitors) }
            const worth = value === null ? null : value * conversions
            return { id, name, conversions, visitors: converted, completions, ...rates, value: worth, currency }
          }),
        }
      }),
    conversionsBy: (asked, { parsed, value: each }, dimension, limit) =>
      ofVisits(store, asked, async (facts) => {
        const rows = (await rowsOf(conversionsBySql(facts, parsed, dimension, limit))) as [
          string,
          number,
          number,
          number,
        ][]
        return {
          dimension,
          rows: rows.map(([value, visits, conversions]) => {
            const worth = each === null ? null : each * conversions
            return { value, visits, conversions, rate: share(conversions, visits), worth }
          }),
          total: rows[0]?.[3] ?? 0,
        }
      }),
    ratesBy: (asked, { parsed }, dimension) =>
      ofVisits(store, asked, async (facts) => {
        const rows = (await rowsOf(ratesSql(facts, parsed, dimension))) as [string, number, number][]
        return new Map(
          rows.map(([value, visits, conversions]) => [
            value,
            { goalVisits: visits, conversions, conversionRate: share(conversions, visits) },
          ]),
        )
      }),
    funnel: (asked, steps, within) =>
      ofVisits(store, asked, async (facts) => {
        const [[, visits = 0] = [], ...rows] = (await rowsOf(funnelSql(facts, steps, within))) as number[][]
        const reachedAt = (i: number) => rows[i]?.[1] ?? 0
        return {
          visits,
          steps: steps.map((step, i) => {
            const took = i === 0 || reachedAt(i) === 0 ? null : (rows[i]?.[2] ?? 0) / 1000
            return {
              step: writeStep(step),
              reached: reachedAt(i),
              ofFirst: share(reachedAt(i), reachedAt(0)),
              ofPrevious: i === 0 ? null : share(reachedAt(i), reachedAt(i - 1)),
              medianSeconds: took,
            }
          }),
        }
      }),
    journeys: (asked, page) =>
      ofVisits(store, asked, async (facts) => {
        const rows = (await rowsOf(journeysSql(facts, page))) as [number, string | null, string | null, number][]
        const moves = rows.map(([away, from, to, visits]) => ({ away, from, to, visits }))
        // All of them went on from the page, or ended there.
        const visits = moves.reduce((sum, move) => sum + (move.away === 0 && move.from !== null ? move.visits : 0), 0)
        return { page: page ?? null, visits, moves }
      }),
  }
}

/** @param answer may be asked for once more, as by `withFiles` */
export function ofVisits<T>(
  store: Pick<FactStore, 'find'>,
  { site, period, view, conditions }: Asked,
  answer: (visits: Visits) => Promise<T>,
): Promise<T | MakingAnswer> {
  const { from, to } = inHours(period)
  return withFiles(store, { site, view }, { from, to }, (files) => answer(visitsOf(files, { from, to }, conditions)))
}

/** @param answer may be asked for once more: of a running day a newer file may just have taken the place of one */
export async function withFiles<T>(
  store: Pick<FactStore, 'find'>,
  { site, view }: Pick<Asked, 'site' | 'view'>,
  span: { from: number; to: number },
  answer: (files: readonly string[]) => Promise<T>,
): Promise<T | MakingAnswer> {
  for (let attempt = 0; ; attempt++) {
    const found = await store.find(site, span, view)
    if (found.kind === 'making') return { making: { done: found.done, expected: found.expected } }
    try {
      return await answer(found.facts.files)
    } catch (error) {
      if (attempt > 0 || (error as { code?: unknown }).code !== 'no_files') throw error
    }
  }
}

function share(part: number, of = 0): number | null {
  return of === 0 ? null : part / of
}
