/**
 * What a replay changes: its generation against what was published when it ended. It lies in the bucket as JSON, under
 * `reportKey`, for whoever decides whether to publish. The dashboard's page reads it too: nothing here needs Node.
 */
import type { Dimension } from '../../aggregator/shapes/dimensions.ts'
import type { ReportFigures } from '../../aggregator/shapes/report-figures.ts'

export type ReplayReport = {
  v: 1
  generation: string
  /** Arrival segments that were replayed. */
  segments: string[]
  /** Generations that the figures were published under, ascending. */
  comparedTo: string[]
  /** Cells are compared to the byte, each part of one (aggregator/shapes/cell-parts.ts) by itself. */
  cells: { compared: number; changed: number }
  /** Whether no cell differs. */
  identical: boolean
  events: {
    /** That arrived in these segments, as far as the replay found them. */
    replayed: number
    /** Of these, those whose arrival minute no cut divides: the ledger counts by the minute. */
    accountable: number
    /** As many should they be by what live consumption counted; null where nobody knows any more (runtime/shapes/ledger.ts). */
    accepted: number | null
    aggregated: number
    duplicate: number
    filtered: number
    /** Records that the fold failed on. */
    recordsPassedOver: number
  }
  /** All sites that were replayed and have cells, by name. */
  sites: SiteChange[]
}

export type SiteChange = {
  site: string
  changedCells: number
  /** Days (UTC) on which something happened that arrived in these segments, ascending. */
  days: { day: string; old: HeadlineFigures; new: HeadlineFigures }[]
  /** Dimensions that have changed values, in the order of `dimensions`. */
  dimensions: DimensionChange[]
}

export type DimensionChange = {
  dimension: Dimension
  /** How many values changed: a lower bound when there are more than `mostValues`. */
  changedValues: number
  /** Those that changed most, most first. */
  top: ValueChange[]
}

/** Figures of one value, of the days on which they changed. */
export type ValueChange = { value: string; old: ValueFigures; new: ValueFigures }
export type ValueFigures = Record<'pageviews' | 'clicks' | 'events' | 'visits', number>

/** Of what arrived in the segments. */
export type HeadlineFigures = ReportFigures & {
  errors: number
  rageClicks: number
  /** Events of programs, which are in no other figure. */
  bots: number
}

export const noHeadlineFigures: HeadlineFigures = {
  visitors: 0,
  visits: 0,
  pageviews: 0,
  clicks: 0,
  events: 0,
  bounceRate: null,
  visitDurationSeconds: 0,
  engagedSeconds: 0,
  errors: 0,
  rageClicks: 0,
  bots: 0,
}

/** Changed values that are told of each dimension. */
export const topValues = 20
/** Changed values of a dimension that are looked at: they are held in memory until the most changed are known. */
export const mostValues = 20_000

export function reportKey(generation: string): string {
  return `replays/${generation}/report.json`
}
