/**
 * Cells of shards, segments and buckets, merged into what a period counted. Merging is copy on write: the cells
 * come from a cache and an earlier merge may be the base of this one, so neither is ever changed.
 */
import { type Cell, copyFigures, Figures, mergeFigures, otherValue } from '../../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { bucketIndex } from './buckets.ts'
import type { Filter } from './filter.ts'

/** A cell with the time at which its bucket starts, and whether what it holds arrived on a later UTC day than that. */
export type PlacedCell = { start: number; cell: Cell; arrivedLater?: boolean }

export type PeriodCell = {
  totals: Figures
  /** By bucket of the chart. */
  points: Figures[]
  /** Of the events of each bucket, those that arrived on a later UTC day. */
  lateEvents: number[]
  dimensions: Map<Dimension, Map<string, Figures>>
}

/** Values of one dimension that a period tells apart, so that one answer stays small; the rest is `otherValue`. */
const maxValues = 20_000

export function emptyPeriod(buckets: number): PeriodCell {
  return {
    totals: new Figures(),
    points: Array.from({ length: buckets }, () => new Figures()),
    lateEvents: new Array<number>(buckets).fill(0),
    dimensions: new Map(),
  }
}

/**
 * @param starts start of each bucket of the chart
 * @param only the dimensions that are wanted
 * @param base what is already merged, with the same buckets
 * @param filter the one value that totals and buckets are of
 * @param prefix of the values that are wanted: left out here, others take no place from them
 */
export function mergeCells(
  cells: readonly PlacedCell[],
  starts: readonly number[],
  only: readonly Dimension[],
  base: PeriodCell = emptyPeriod(starts.length),
  filter?: Filter,
  prefix = '',
): PeriodCell {
  const merger = new Merger()
  const dimensions = new Map(base.dimensions)
  const copied = new Set<Dimension>()
  const points = [...base.points]
  const lateEvents = [...base.lateEvents]
  let totals = base.totals

  for (const { start, cell, arrivedLater } of cells) {
    const figures = filter ? cell.dimensions.get(filter.dimension)?.get(filter.value) : cell.totals
    if (figures) {
      totals = merger.add(totals, figures)
      const index = bucketIndex(starts, start)
      if (index >= 0) points[index] = merger.add(points[index], figures)
      if (index >= 0 && arrivedLater) lateEvents[index] = (lateEvents[index] ?? 0) + figures.events
    }
    for (const dimension of only) {
      const from = cell.dimensions.get(dimension)
      if (!from) continue
      if (!copied.has(dimension)) {
        dimensions.set(dimension, new Map(dimensions.get(dimension)))
        copied.add(dimension)
      }
      mergeValues(merger, dimensions.get(dimension) as Map<string, Figures>, from, prefix)
    }
  }
  return { totals, points, lateEvents, dimensions }
}

function mergeValues(
  merger: Merger,
  into: Map<string, Figures>,
  from: ReadonlyMap<string, Figures>,
  prefix: string,
): void {
  for (const [value, figures] of from) {
    if (!value.startsWith(prefix)) continue
    const known = into.has(value) || into.size < maxValues
    const key = known ? value : otherValue
    into.set(key, merger.add(into.get(key), figures))
  }
}

/** Adds figures up, changing only those that it made itself. */
class Merger {
  readonly #own = new WeakSet<Figures>()

  add(sum: Figures | undefined, figures: Figures): Figures {
    if (!sum) return figures
    if (this.#own.has(sum)) {
      mergeFigures(sum, figures)
      return sum
    }
    const own = copyFigures(sum)
    mergeFigures(own, figures)
    this.#own.add(own)
    return own
  }
}
