/** Compares a generation of one site to what is published, bucket by bucket. Pure: cells are handed in. */
import { type Cell, decodeCell, emptyCell, type Figures, mergeCell } from '../aggregator/shapes/cell.ts'
import { type CellKey, utcDay } from '../aggregator/shapes/cell-key.ts'
import { type Dimension, dimensions } from '../aggregator/shapes/dimensions.ts'
import { toReport } from '../aggregator/shapes/to-report.ts'
import {
  type DimensionChange,
  type HeadlineFigures,
  mostValues,
  type SiteChange,
  topValues,
  type ValueChange,
  type ValueFigures,
} from './shapes/report.ts'

export type StoredCell = { key: CellKey; data: Uint8Array }
/** Cells of both generations in one bucket. */
export type BucketCells = { old: readonly StoredCell[]; new: readonly StoredCell[] }

const valueCounts = ['pageviews', 'clicks', 'events', 'visits'] as const

export class SiteComparison {
  readonly site: string
  compared = 0
  #changed = 0
  readonly #days = new Map<string, { old: Figures; new: Figures }>()
  readonly #values = new Map<Dimension, Map<string, ValueChange>>()

  constructor(site: string) {
    this.site = site
  }

  /** @param bucket all cells of one bucket, each bucket once */
  add(bucket: BucketCells): void {
    const old = byPlace(bucket.old)
    const fresh = byPlace(bucket.new)
    let changed = 0
    for (const place of new Set([...old.keys(), ...fresh.keys()])) {
      this.compared += 1
      const [before, after] = [old.get(place), fresh.get(place)]
      if (!before || !after || Buffer.compare(before.data, after.data) !== 0) changed += 1
    }
    this.#changed += changed
    if ([...bucket.old, ...bucket.new].some(({ key }) => key.granularity === 'day')) this.#addDay(bucket, changed > 0)
  }

  get changed(): number {
    return this.#changed
  }

  report(): SiteChange {
    const days = [...this.#days].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      site: this.site,
      changedCells: this.#changed,
      days: days.map(([day, figures]) => ({ day, old: toHeadline(figures.old), new: toHeadline(figures.new) })),
      dimensions: dimensions.flatMap((dimension) => this.#dimensionChange(dimension)),
    }
  }

  #addDay({ old, new: fresh }: BucketCells, isChanged: boolean): void {
    const day = utcDay((old[0] ?? fresh[0])?.key.start ?? 0)
    const cells = { old: sumOf(old, isChanged), new: sumOf(fresh, isChanged) }
    this.#days.set(day, { old: cells.old.totals, new: cells.new.totals })
    if (!isChanged) return
    for (const dimension of dimensions) {
      const [before, after] = [cells.old.dimensions.get(dimension), cells.new.dimensions.get(dimension)]
      for (const value of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]))
        this.#addValue(dimension, value, before?.get(value), after?.get(value))
    }
  }

  #addValue(dimension: Dimension, value: string, before: Figures | undefined, after: Figures | undefined): void {
    if (valueCounts.every((count) => (before?.[count] ?? 0) === (after?.[count] ?? 0))) return
    let values = this.#values.get(dimension)
    if (!values) {
      values = new Map()
      this.#values.set(dimension, values)
    }
    const known = values.get(value)
    if (!known && values.size >= mostValues) return
    const change = known ?? { value, old: noValueFigures(), new: noValueFigures() }
    values.set(value, change)
    for (const count of valueCounts) {
      change.old[count] += before?.[count] ?? 0
      change.new[count] += after?.[count] ?? 0
    }
  }

  #dimensionChange(dimension: Dimension): DimensionChange[] {
    const values = this.#values.get(dimension)
    if (!values) return []
    const top = [...values.values()].sort((a, b) => sizeOf(b) - sizeOf(a) || (a.value < b.value ? -1 : 1))
    return [{ dimension, changedValues: values.size, top: top.slice(0, topValues) }]
  }
}

/** Cells by where they lie but for their generation. */
function byPlace(cells: readonly StoredCell[]): Map<string, StoredCell> {
  return new Map(
    cells.map((cell) => {
      const { granularity, start, segment, shardId, part = '' } = cell.key
      return [`${granularity} ${start} ${segment} ${shardId} ${part}`, cell]
    }),
  )
}

/** @param withValues whether what figures are broken down by is needed: it takes most of the time */
function sumOf(cells: readonly StoredCell[], withValues: boolean): Cell {
  const sum = emptyCell()
  for (const { key, data } of cells) {
    if (key.part !== undefined && !withValues) continue
    mergeCell(sum, decodeCell(data))
  }
  return sum
}

function noValueFigures(): ValueFigures {
  return { pageviews: 0, clicks: 0, events: 0, visits: 0 }
}

function sizeOf({ old, new: fresh }: ValueChange): number {
  return valueCounts.reduce((sum, count) => sum + Math.abs(fresh[count] - old[count]), 0)
}

function toHeadline(figures: Figures): HeadlineFigures {
  const { errors, rageClicks, bots } = figures
  return { ...toReport(figures), errors, rageClicks, bots }
}
