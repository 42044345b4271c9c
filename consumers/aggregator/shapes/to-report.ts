/** Mergeable figures turned into what people read: the same for dashboards, their API and the reports of replays. */
import type { Counts } from './cell.ts'
import type { ReportFigures } from './report-figures.ts'

/** Figures, or what knows no more of visitors than how many there were. */
export type CountedFigures = Counts & { visitors: { readonly count: number } }

/** Visitors are the union of the sketches; a visitor of two days is two where names last a day. */
export function toReport(figures: CountedFigures): ReportFigures {
  const { visits } = figures
  return {
    visitors: figures.visitors.count,
    visits,
    pageviews: figures.pageviews,
    clicks: figures.clicks,
    events: figures.events,
    bounceRate: visits > 0 ? round(figures.bounces / visits, 4) : null,
    visitDurationSeconds: visits > 0 ? round(figures.visitMs / visits / 1000, 1) : 0,
    engagedSeconds: visits > 0 ? round(figures.engagedMs / visits / 1000, 1) : 0,
  }
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}
