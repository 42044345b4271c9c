/** Answers under conditions that cells do not hold together: from facts (docs/decisions/0028-facts.md). */
import { counts, Tally } from '../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import type { CountedFigures } from '../consumers/aggregator/shapes/to-report.ts'
import { exactLimit, VisitorSketch } from '../consumers/aggregator/shapes/visitor-sketch.ts'
import type {
  BreakdownAnswer,
  BreakdownDimension,
  FactsInfo,
  MakingAnswer,
  Metric,
  ScrollAnswer,
  SummaryAnswer,
  TimeseriesAnswer,
  VitalsAnswer,
} from './answers.ts'
import type { Condition } from './query/conditions.ts'
import {
  byBucket,
  byNothing,
  byValue,
  eventsSql,
  figuresSql,
  hashesSql,
  type Selected,
  type Source,
  type Sql,
} from './query/fact-sql.ts'
import { toBreakdown } from './query/figures.ts'
import type { Period } from './query/period.ts'
import { inHours } from './query/plan.ts'
import { toSummary, toTimeseries } from './query/report.ts'
import { toScroll } from './query/scroll.ts'
import type { View } from './query/view.ts'
import { toVitals } from './query/vitals.ts'
import type { FactRow, FactStore } from './store/facts.ts'

/** What is asked: whose figures, when, by which generations, under what. */
export type Asked = { site: string; period: Period; view: View; conditions: readonly Condition[] }

/** Each answer, or how far the facts are that it is to be made of. */
export type FactReports = {
  /** @param events how many events of the period there are by the aggregates, to be told beside those of the facts */
  summary(asked: Asked, events: () => Promise<number>): Promise<SummaryAnswer | MakingAnswer>
  timeseries(asked: Asked): Promise<TimeseriesAnswer | MakingAnswer>
  breakdown(
    asked: Asked,
    dimension: BreakdownDimension,
    metric: Metric,
    limit: number,
  ): Promise<BreakdownAnswer | MakingAnswer>
  vitals(asked: Asked): Promise<VitalsAnswer | MakingAnswer>
  scroll(asked: Asked): Promise<ScrollAnswer | MakingAnswer>
}

type Figures = CountedFigures & { lateEvents: number }

/** Values that an answer tells apart, as those from cells do (query/merge.ts). */
const maxValues = 20_000

export function createFactReports(store: FactStore): FactReports {
  /** @param answer may be asked for once more: of a running day a newer file may just have taken the place of one */
  async function withFacts<T>(
    { site, period, view, conditions }: Asked,
    answer: (facts: Source, selected: Selected, through: number | undefined) => Promise<T>,
  ): Promise<T | MakingAnswer> {
    const { from, to } = inHours(period)
    for (let attempt = 0; ; attempt++) {
      const found = await store.find(site, { from, to }, view)
      if (found.kind === 'making') return { making: { done: found.done, expected: found.expected } }
      try {
        const selected = { files: found.facts.files, from, to, conditions }
        return await store.select(selected, (facts) => answer(facts, selected, found.facts.through))
      } catch (error) {
        if (attempt > 0 || (error as { code?: unknown }).code !== 'no_files') throw error
      }
    }
  }

  async function figuresOf(keyed: Sql, limit: number, dimension?: Dimension): Promise<Map<string, Figures>> {
    const rows = await store.ask(figuresSql(keyed, limit, dimension))
    const figures = new Map(rows.map((row) => [String(row[0]), toFigures(row)]))
    const many = [...figures].flatMap(([key, { visitors }]) => (visitors.count > exactLimit ? [key] : []))
    if (many.length === 0) return figures
    // Where cells estimate how many there were, so do facts, and from the same hashes.
    const sketches = new Map(many.map((key) => [key, new VisitorSketch()]))
    for (const [key, visitor] of await store.ask(hashesSql(keyed, many)))
      sketches.get(String(key))?.add(visitor as number)
    for (const [key, visitors] of sketches) Object.assign(figures.get(key) ?? {}, { visitors })
    return figures
  }

  async function totalsOf(facts: Source): Promise<Figures> {
    return (await figuresOf(byNothing(facts), 1)).get('') ?? none()
  }

  const valuesOf = (facts: Source, dimension: Dimension) => figuresOf(byValue(facts, dimension), maxValues, dimension)

  return {
    summary(asked, events) {
      return withFacts(asked, async (facts, selected, through) => {
        const [totals, [[known] = []], ofEvents] = await Promise.all([
          totalsOf(facts),
          store.ask(eventsSql(selected)),
          events(),
        ])
        const info: FactsInfo = {
          through: through === undefined ? null : new Date(through).toISOString(),
          events: known as number,
          ofEvents,
        }
        return { ...toSummary(asked.site, asked.period, { totals }), facts: info }
      })
    },
    timeseries(asked) {
      return withFacts(asked, async (facts) => {
        const { starts } = inHours(asked.period)
        const found = await figuresOf(byBucket(facts, starts), starts.length)
        const points = starts.map((_, i) => found.get(String(i)) ?? none())
        return toTimeseries(asked.period, { points, lateEvents: points.map(({ lateEvents }) => lateEvents) })
      })
    },
    breakdown(asked, dimension, metric, limit) {
      return withFacts(asked, async (facts) => {
        const values = await valuesOf(facts, dimension)
        return toBreakdown({ dimensions: new Map([[dimension, values]]) }, dimension, metric, limit)
      })
    },
    vitals: (asked) => withFacts(asked, async (facts) => toVitals(await valuesOf(facts, 'vital'))),
    scroll: (asked) => withFacts(asked, async (facts) => toScroll(await valuesOf(facts, 'scroll'), '')),
  }
}

function none(): Figures {
  return { ...new Tally(), visitors: { count: 0 }, lateEvents: 0 }
}

/** A row of `figuresSql`. */
function toFigures([, visitors, lateEvents, ...row]: FactRow): Figures {
  const figures = { ...none(), visitors: { count: visitors as number }, lateEvents: lateEvents as number }
  for (const [i, count] of counts.entries()) figures[count] = row[i] as number
  return figures
}
