/**
 * Cells of shards, segments and buckets, merged into what a period counted. Merging is copy on write: the cells
 * come from a cache and an earlier merge may be the base of this one, so neither is ever changed.
 */
import { type Cell, Figures, mergeFigures, otherValue } from '../../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { bucketIndex } from './buckets.ts'

/** A cell with the time at which its bucket starts. */
export type PlacedCell = { start: number; cell: Cell }

export type PeriodCell = {
  totals: Figures
  /** By bucket of the chart. */
  points: Figures[]
  dimensions: Map<Dimension, Map<string, Figures>>
}

/** Values of one dimension that a period tells apart, ten times what a cell does; the rest is `otherValue`. */
const maxValues = 20_000

export function emptyPeriod(buckets: number): PeriodCell {
  return { totals: new Figures(), points: Array.from({ length: buckets }, () => new Figures()), dimensions: new Map() }
}

/**
 * @param starts start of each bucket of the chart
 * @param only the dimensions that are wanted
 * @param base what is already merged, with the same buckets
 */
export function mergeCells(
  cells: readonly PlacedCell[],
  starts: readonly number[],
  only: readonly Dimension[],
  base: PeriodCell = emptyPeriod(starts.length),
): PeriodCell {
  const merger = new Merger()
  const dimensions = new Map(base.dimensions)
  const copied = new Set<Dimension>()
  const points = [...base.points]
  let totals = base.totals

  for (const { start, cell } of cells) {
    totals = merger.add(totals, cell.totals)
    const index = bucketIndex(starts, start)
    if (index >= 0) points[index] = merger.add(points[index], cell.totals)
    for (const dimension of only) {
      const from = cell.dimensions.get(dimension)
      if (!from) continue
      if (!copied.has(dimension)) {
        dimensions.set(dimension, new Map(dimensions.get(dimension)))
        copied.add(dimension)
      }
      mergeValues(merger, dimensions.get(dimension) as Map<string, Figures>, from)
    }
  }
  return { totals, points, dimensions }
}

function mergeValues(merger: Merger, into: Map<string, Figures>, from: ReadonlyMap<string, Figures>): void {
  for (const [value, figures] of from) {
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
    const own = new Figures()
    mergeFigures(own, sum)
    mergeFigures(own, figures)
    this.#own.add(own)
    return own
  }
}
