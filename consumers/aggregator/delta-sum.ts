/**
 * What the deltas of a batch add up to, by value. The same value comes a hundred times in a batch, and what it adds up
 * to goes into the hour and into the day: so it is looked up and added there once.
 */
import type { Change } from '../runtime/exactly-once.ts'
import type { Delta } from './delta.ts'
import { addCounts, type Counts, noCounts } from './shapes/cell.ts'
import { type Dimension, type DimensionValue, tellsVisitorsApart } from './shapes/dimensions.ts'

/** Visitors may be named more than once. */
export type Sum = { counts: Counts; visitors: number[] }
export type ValueSum = Sum & { dimension: Dimension; value: string }

export class DeltaSum {
  readonly totals: Sum
  /** In the order in which the values first came, which decides about their places (shapes/cell-parts.ts). */
  readonly values: ValueSum[] = []
  readonly #byValue = new Map<Dimension, Map<string, ValueSum>>()
  /** Lists that many deltas share are added up as one, and by value at the end. */
  readonly #shared = new Map<readonly DimensionValue[], Sum & { values: ValueSum[] }>()

  constructor(changes: readonly Change<Delta[]>[]) {
    this.totals = sumOfTotals(changes)
    for (const { change } of changes) for (const delta of change) this.#add(delta)
    for (const { values, counts, visitors } of this.#shared.values())
      for (const value of values) {
        addCounts(value.counts, counts)
        for (const visitor of visitors) value.visitors.push(visitor)
      }
  }

  get(dimension: Dimension, value: string): ValueSum | undefined {
    return this.#byValue.get(dimension)?.get(value)
  }

  #add({ add, visitor, values, shared, visitorIsKnown }: Delta): void {
    for (const pair of values) {
      // Not taken apart by the pattern [dimension, value]: this runs for each event.
      const sum = this.#sumOf(pair[0], pair[1])
      addCounts(sum.counts, add)
      if (visitor !== undefined && tellsVisitorsApart(pair[0])) sum.visitors.push(visitor)
    }
    for (const list of shared) {
      const sum = this.#sumOfShared(list)
      addCounts(sum.counts, add)
      if (visitor !== undefined && !visitorIsKnown) sum.visitors.push(visitor)
    }
  }

  #sumOf(dimension: Dimension, value: string): ValueSum {
    let values = this.#byValue.get(dimension)
    if (!values) {
      values = new Map()
      this.#byValue.set(dimension, values)
    }
    let sum = values.get(value)
    if (!sum) {
      sum = { dimension, value, ...emptySum() }
      values.set(value, sum)
      this.values.push(sum)
    }
    return sum
  }

  #sumOfShared(list: readonly DimensionValue[]): Sum {
    let sum = this.#shared.get(list)
    if (!sum) {
      sum = { values: list.map(([dimension, value]) => this.#sumOf(dimension, value)), ...emptySum() }
      this.#shared.set(list, sum)
    }
    return sum
  }
}

/** What changes add to the totals of a cell. */
export function sumOfTotals(changes: readonly Change<Delta[]>[]): Sum {
  const sum = emptySum()
  for (const { change } of changes)
    for (const { add, visitor, outsideTotals } of change) {
      if (outsideTotals) continue
      addCounts(sum.counts, add)
      if (visitor !== undefined) sum.visitors.push(visitor)
    }
  return sum
}

function emptySum(): Sum {
  return { counts: noCounts(), visitors: [] }
}
