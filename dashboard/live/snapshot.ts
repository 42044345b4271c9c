/**
 * What viewers of one query see, kept up to date. Cells that ended a while ago are merged once and kept as a base;
 * a look at the recent ones costs two or three small queries, and a merge only when one of them changed.
 */
import { treesOf } from '../../consumers/aggregator/shapes/cell-parts.ts'
import { panelDimensions } from '../answers.ts'
import { Problem } from '../problems.ts'
import { defaultMetric, toBreakdown } from '../query/figures.ts'
import type { PlacedCell } from '../query/merge.ts'
import { emptyPeriod, mergeCells, type PeriodCell } from '../query/merge.ts'
import type { Period } from '../query/period.ts'
import { type CellRange, planRanges, rangesBefore, rangesSince } from '../query/plan.ts'
import { realtimeRange, toRealtime } from '../query/realtime.ts'
import { toAnomalies, toSummary, toTimeseries } from '../query/report.ts'
import type { View } from '../query/view.ts'
import type { StoredCell } from '../store/cells.ts'
import type { Store } from '../store/store.ts'
import type { LiveEvent } from './viewer.ts'

/** Cells that ended longer ago change by imports and late events alone; `refreshAll` looks for those. */
const recentMs = 2 * 3_600_000
const panelTrees = treesOf(panelDimensions)
/** Rows of a panel, and alerts in the list and on the chart. */
const panelRows = 10
const shownAlerts = 100

export class Snapshot {
  readonly #store: Store
  readonly #site: string
  readonly #now: () => number
  readonly #generation: string | undefined
  #period: Period
  #recentRanges: CellRange[] = []
  #settled: { versions: string; merged: PeriodCell } = { versions: '', merged: emptyPeriod(0) }
  #recentVersions = ''
  #hasMinutes = false
  /** The view that the settled cells were chosen by. */
  #view: View | undefined

  /** @param generation counts where it has segments, in place of what is published */
  constructor(store: Store, site: string, period: Period, now: () => number, generation?: string) {
    this.#store = store
    this.#site = site
    this.#period = period
    this.#now = now
    this.#generation = generation
  }

  /** Reads the whole period anew. */
  async refreshAll(period: Period): Promise<LiveEvent[]> {
    return this.#readAll(period, await this.#currentView())
  }

  async #readAll(period: Period, view: View): Promise<LiveEvent[]> {
    const now = this.#now()
    const ranges = planRanges(period, now)
    const since = now - recentMs
    const [settled, recent, alerts] = await Promise.all([
      this.#store.cells.read(this.#site, rangesBefore(ranges, since), view, panelTrees),
      this.#store.cells.read(this.#site, rangesSince(ranges, since), view, panelTrees),
      this.#store.alerts.list(this.#site, period.from, period.to, shownAlerts),
    ])
    this.#period = period
    this.#view = view
    this.#recentRanges = rangesSince(ranges, since)
    this.#hasMinutes = ranges.some(({ granularity }) => granularity === 'minute')
    const anomalies = event('anomalies', toAnomalies(alerts))
    const versions = versionsOf(settled, period)
    if (versions === this.#settled.versions) return [...this.#report(recent), anomalies]
    this.#settled = { versions, merged: this.#store.merges.of(settled, period.starts, panelDimensions) }
    this.#recentVersions = ''
    return [...this.#report(recent), anomalies]
  }

  /** Reads what live traffic may have changed. */
  async refreshRecent(): Promise<LiveEvent[]> {
    const view = await this.#currentView()
    // Recent cells of one view are never added to settled ones of another.
    if (view.version !== this.#view?.version)
      return [...(await this.#readAll(this.#period, view)), await this.refreshRealtime()]
    const [recent, realtime] = await Promise.all([
      this.#store.cells.read(this.#site, this.#recentRanges, view, panelTrees),
      this.refreshRealtime(),
    ])
    return [...this.#report(recent), realtime]
  }

  async refreshRealtime(): Promise<LiveEvent> {
    const now = this.#now()
    const cells = await this.#store.cells.read(this.#site, [realtimeRange(now)], await this.#currentView(), [])
    return event('realtime', toRealtime(cells, now))
  }

  async #currentView(): Promise<View> {
    const view = await this.#store.views.find(this.#generation)
    if (!view) throw new Problem('unknown_generation')
    return view
  }

  /** The figures, unless they are those of the last report. */
  #report(recent: readonly StoredCell[]): LiveEvent[] {
    const versions = versionsOf(recent, this.#period)
    if (versions === this.#recentVersions) return []
    this.#recentVersions = versions
    const placed: readonly PlacedCell[] = recent
    const merged = mergeCells(placed, this.#period.starts, panelDimensions, this.#settled.merged)
    return [
      event('summary', toSummary(this.#site, this.#period, merged)),
      event('timeseries', toTimeseries(this.#period, merged)),
      // Minutes hold totals alone: who looks at them asks for breakdowns by the hour (reports.ts).
      ...(this.#hasMinutes ? [] : this.#breakdowns(merged)),
    ]
  }

  #breakdowns(merged: PeriodCell): LiveEvent[] {
    return panelDimensions.map((dimension) =>
      event('breakdown', toBreakdown(merged, dimension, defaultMetric(dimension), panelRows)),
    )
  }
}

/** Names a set of cells in their states, in this period: equal names, equal figures. */
function versionsOf(cells: readonly StoredCell[], { from, to, interval }: Period): string {
  return [from, to, interval, ...cells.map(({ version }) => version)].join('\n')
}

function event(name: LiveEvent['name'], answer: unknown): LiveEvent {
  return { name, json: JSON.stringify(answer) }
}
