/**
 * What viewers of one query see, kept up to date. Cells that ended a while ago are merged once and kept as a base;
 * a look at the recent ones costs two or three small queries, and a merge only when one of them changed.
 */
import { type RootPart, treesOf } from '../../consumers/aggregator/shapes/cell-parts.ts'
import { panelDimensions } from '../answers.ts'
import { Problem } from '../problems.ts'
import { defaultMetric, toBreakdown } from '../query/figures.ts'
import { emptyPeriod, mergeCells, type PeriodCell } from '../query/merge.ts'
import type { Period } from '../query/period.ts'
import { type CellRange, planRanges, rangesBefore, rangesSince } from '../query/plan.ts'
import { realtimeRange, toRealtime } from '../query/realtime.ts'
import { toAnomalies, toTimeseries, toWholeSummary } from '../query/report.ts'
import type { View } from '../query/view.ts'
import type { StoredCell } from '../store/cells.ts'
import type { Store } from '../store/store.ts'
import type { LiveEvent } from './viewer.ts'

/** Cells that ended longer ago change by imports and late events alone; `refreshAll` looks for those. */
const recentMs = 2 * 3_600_000
const panelTrees = treesOf(panelDimensions)

type Ranges = { chart: CellRange[]; values: CellRange[] }
type Sums = { chart: PeriodCell; values: PeriodCell }
type RecentCells = { chart: StoredCell[]; values: StoredCell[] }

/** Rows of a panel, and incidents in the list and on the chart. */
const panelRows = 10
const shownIncidents = 100

export class Snapshot {
  readonly #store: Store
  readonly #site: string
  readonly #now: () => number
  readonly #generation: string | undefined
  #period: Period
  #recent: Ranges = { chart: [], values: [] }
  #settled: Sums = { chart: emptyPeriod(0), values: emptyPeriod(0) }
  #recentVersions = ''
  /** Minutes hold totals alone: who looks at them asks for breakdowns by the hour (reports.ts). */
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
    const since = this.#now() - recentMs
    const ranges = this.#rangesOf(period)
    const recentRanges = { chart: rangesSince(ranges.chart, since), values: rangesSince(ranges.values, since) }
    const [settled, recent, incidents] = await Promise.all([
      this.#sumSettled(period, view, {
        chart: rangesBefore(ranges.chart, since),
        values: rangesBefore(ranges.values, since),
      }),
      this.#readRecent(view, recentRanges),
      this.#store.incidents.list(this.#site, period.from, period.to, shownIncidents),
    ])
    const isSame = settled.chart === this.#settled.chart && settled.values === this.#settled.values
    if (!isSame || view.version !== this.#view?.version) this.#recentVersions = ''
    this.#period = period
    this.#view = view
    this.#recent = recentRanges
    this.#hasMinutes = ranges.chart.some(({ granularity }) => granularity === 'minute')
    this.#settled = settled
    return [...this.#report(recent), event('anomalies', toAnomalies(incidents))]
  }

  /** What the chart is made of, and what the panels are: of values no buckets are wanted, so fewer cells will do. */
  #rangesOf(period: Period): Ranges {
    const now = this.#now()
    const chart = planRanges(period, now)
    if (chart.some(({ granularity }) => granularity === 'minute')) return { chart, values: [] }
    return { chart, values: planRanges({ ...period, interval: 'hour', starts: [period.from] }, now) }
  }

  async #sumSettled({ starts, from }: Period, view: View, { chart, values }: Ranges): Promise<Sums> {
    const { listings, merges } = this.#store
    const [chartCells, valueCells] = await Promise.all([
      listings.read(this.#site, chart, view, []),
      listings.read(this.#site, values, view, panelDimensions),
    ])
    return { chart: merges.of(chartCells, starts, []), values: merges.of(valueCells, [from], panelDimensions) }
  }

  async #readRecent(view: View, { chart, values }: Ranges): Promise<RecentCells> {
    const read = (ranges: CellRange[], trees: readonly RootPart[]) =>
      this.#store.cells.read(this.#site, ranges, view, trees)
    if (isEqual(chart, values)) {
      const both = await read(values, panelTrees)
      return { chart: both, values: both }
    }
    const [chartCells, valueCells] = await Promise.all([read(chart, []), read(values, panelTrees)])
    return { chart: chartCells, values: valueCells }
  }

  /** Reads what live traffic may have changed. */
  async refreshRecent(): Promise<LiveEvent[]> {
    const view = await this.#currentView()
    // Recent cells of one view are never added to settled ones of another.
    if (view.version !== this.#view?.version)
      return [...(await this.#readAll(this.#period, view)), await this.refreshRealtime()]
    const [recent, realtime] = await Promise.all([this.#readRecent(view, this.#recent), this.refreshRealtime()])
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
  #report({ chart, values }: RecentCells): LiveEvent[] {
    const { starts, from, to, interval } = this.#period
    const versions = [from, to, interval, ...[...chart, ...values].map(({ version }) => version)].join('\n')
    if (versions === this.#recentVersions) return []
    this.#recentVersions = versions
    const merged = mergeCells(chart, starts, [], this.#settled.chart)
    const figures = [
      event('summary', toWholeSummary(this.#site, this.#period, merged)),
      event('timeseries', toTimeseries(this.#period, merged)),
    ]
    if (this.#hasMinutes) return figures
    return [...figures, ...this.#breakdowns(mergeCells(values, [from], panelDimensions, this.#settled.values))]
  }

  #breakdowns(merged: PeriodCell): LiveEvent[] {
    return panelDimensions.map((dimension) =>
      event('breakdown', toBreakdown(merged, dimension, defaultMetric(dimension), panelRows)),
    )
  }
}

function isEqual(some: readonly CellRange[], others: readonly CellRange[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others)
}

function event(name: LiveEvent['name'], answer: unknown): LiveEvent {
  return { name, json: JSON.stringify(answer) }
}
