/** Answers under conditions that cells do not hold together: from facts (docs/decisions/0028-facts.md). */
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
import { noFigures } from './query/fact-sums.ts'
import { toBreakdown } from './query/figures.ts'
import type { Period } from './query/period.ts'
import { inHours } from './query/plan.ts'
import { toSummary, toTimeseries } from './query/report.ts'
import { toScroll } from './query/scroll.ts'
import type { View } from './query/view.ts'
import { toVitals } from './query/vitals.ts'
import type { Selected } from './store/fact-figures.ts'
import type { FactStore } from './store/facts.ts'

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

export function createFactReports(store: Pick<FactStore, 'events' | 'figures' | 'find'>): FactReports {
  /** @param answer may be asked for once more: of a running day a newer file may just have taken the place of one */
  async function withFacts<T>(
    { site, period, view, conditions }: Asked,
    answer: (selected: Selected, through: number | undefined) => Promise<T>,
  ): Promise<T | MakingAnswer> {
    const { from, to } = inHours(period)
    for (let attempt = 0; ; attempt++) {
      const found = await store.find(site, { from, to }, view)
      if (found.kind === 'making') return { making: { done: found.done, expected: found.expected } }
      try {
        return await answer({ files: found.facts.files, from, to, conditions }, found.facts.through)
      } catch (error) {
        if (attempt > 0 || (error as { code?: unknown }).code !== 'no_files') throw error
      }
    }
  }

  const valuesOf = (selected: Selected, dimension: BreakdownDimension) => store.figures(selected, { dimension })
  const totalsOf = async (selected: Selected) => (await store.figures(selected, 'nothing')).get('') ?? noFigures()

  return {
    summary(asked, events) {
      return withFacts(asked, async (selected, through) => {
        const [totals, known, ofEvents] = await Promise.all([totalsOf(selected), store.events(selected), events()])
        const info: FactsInfo = {
          through: through === undefined ? null : new Date(through).toISOString(),
          events: known,
          ofEvents,
        }
        return { ...toSummary(asked.site, asked.period, { totals }), facts: info }
      })
    },
    timeseries(asked) {
      return withFacts(asked, async (selected) => {
        const { starts } = inHours(asked.period)
        const found = await store.figures(selected, { starts })
        const points = starts.map((_, i) => found.get(String(i)) ?? noFigures())
        return toTimeseries(asked.period, { points, lateEvents: points.map(({ lateEvents }) => lateEvents) })
      })
    },
    breakdown(asked, dimension, metric, limit) {
      return withFacts(asked, async (selected) => {
        const values = await valuesOf(selected, dimension)
        return toBreakdown({ dimensions: new Map([[dimension, values]]) }, dimension, metric, limit)
      })
    },
    vitals: (asked) => withFacts(asked, async (selected) => toVitals(await valuesOf(selected, 'vital'))),
    scroll: (asked) => withFacts(asked, async (selected) => toScroll(await valuesOf(selected, 'scroll'), '')),
  }
}
