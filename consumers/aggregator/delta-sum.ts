/**
 * What the deltas of a batch add up to, by value. The same value comes a hundred times in a batch, and what it adds up
 * to goes into the hour and into the day: so it is looked up and added there once.
 */
import type { Change } from '../runtime/exactly-once.ts'
import type { Delta } from './delta.ts'
import { addCounts, type Counts, noCounts } from './shapes/cell.ts'
import { type Dimension, type DimensionValue, tellsVisitorsApart } from './shapes/dimensions.ts'

/** Visitors may be named more than once; nobody: undefined. */
export type Sum = Counts & { visitors: number[] | undefined }
export type ValueSum = Sum & { dimension: Dimension; value: string; isOfVisitors: boolean }

export class DeltaSum {
  readonly totals: Sum
  /** In the order in which the values first came, which decides about their places (shapes/cell-parts.ts). */
  readonly values: ValueSum[] = []
  readonly #byValue = new Map<Dimension, Map<string, ValueSum>>()
  /** The fold makes most values once: to look for the very pair is quicker than to look for what it says. */
  readonly #byPair = new Map<DimensionValue, ValueSum>()
  /** Lists that many deltas share are added up as one, and by value at the end. */
  readonly #shared = new Map<readonly DimensionValue[], Sum & { values: ValueSum[] }>()

  constructor(changes: readonly Change<Delta[]>[]) {
    this.totals = sumOfTotals(changes)
    for (const { change } of changes) for (const delta of change) this.#add(delta)
    for (const shared of this.#shared.values())
      for (const sum of shared.values) {
        addCounts(sum, shared)
        if (!shared.visitors) continue
        sum.visitors ??= []
        for (const visitor of shared.visitors) sum.visitors.push(visitor)
      }
  }

  get(dimension: Dimension, value: string): ValueSum | undefined {
    return this.#byValue.get(dimension)?.get(value)
  }

  #add({ add, visitor, values, shared, visitorIsKnown }: Delta): void {
    for (const pair of values) {
      const sum = this.#byPair.get(pair) ?? this.#sumOf(pair)
      addCounts(sum, add)
      if (visitor !== undefined && sum.isOfVisitors) addVisitor(sum, visitor)
    }
    for (const list of shared) {
      const sum = this.#shared.get(list) ?? this.#sumOfShared(list)
      addCounts(sum, add)
      if (visitor !== undefined && !visitorIsKnown) addVisitor(sum, visitor)
    }
  }

  #sumOf(pair: DimensionValue): ValueSum {
    const [dimension, value] = pair
    let values = this.#byValue.get(dimension)
    if (!values) {
      values = new Map()
      this.#byValue.set(dimension, values)
    }
    let sum = values.get(value)
    if (!sum) {
      sum = { dimension, value, isOfVisitors: tellsVisitorsApart(dimension), ...emptySum() }
      values.set(value, sum)
      this.values.push(sum)
    }
    this.#byPair.set(pair, sum)
    return sum
  }

  #sumOfShared(list: readonly DimensionValue[]): Sum {
    const sum = { values: list.map((pair) => this.#sumOf(pair)), ...emptySum() }
    this.#shared.set(list, sum)
    return sum
  }
}

/** What changes add to the totals of a cell. */
export function sumOfTotals(changes: readonly Change<Delta[]>[]): Sum {
  const sum = emptySum()
  for (const { change } of changes)
    for (const { add, visitor, outsideTotals } of change) {
      if (outsideTotals) continue
      addCounts(sum, add)
      if (visitor !== undefined) addVisitor(sum, visitor)
    }
  return sum
}

function emptySum(): Sum {
  return { ...noCounts(), visitors: undefined }
}

function addVisitor(sum: Sum, visitor: number): void {
  if (sum.visitors) sum.visitors.push(visitor)
  else sum.visitors = [visitor]
}
