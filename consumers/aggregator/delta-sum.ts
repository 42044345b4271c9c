/**
 * What the deltas of a batch add up to, by value. The same value comes a hundred times in a batch, and what it adds up
 * to goes into the hour and into the day: so it is looked up and added there once.
 */
import type { Change } from '../runtime/exactly-once.ts'
import type { Delta } from './delta.ts'
import { addCounts, Tally } from './shapes/cell.ts'
import { type Dimension, type DimensionValue, tellsVisitorsApart } from './shapes/dimensions.ts'

export class Sum extends Tally {
  /** Some may be named more than once; nobody: undefined. */
  visitors: number[] | undefined = undefined

  addVisitor(visitor: number): void {
    if (this.visitors) this.visitors.push(visitor)
    else this.visitors = [visitor]
  }
}

export class ValueSum extends Sum {
  readonly dimension: Dimension
  readonly value: string
  readonly isOfVisitors: boolean

  constructor(dimension: Dimension, value: string) {
    super()
    this.dimension = dimension
    this.value = value
    this.isOfVisitors = tellsVisitorsApart(dimension)
  }
}

/** Of all values of a list. */
class ListSum extends Sum {
  readonly values: readonly ValueSum[]

  constructor(values: readonly ValueSum[]) {
    super()
    this.values = values
  }
}

export class DeltaSum {
  readonly totals = new Sum()
  /** In the order in which the values first came, which decides about their places (shapes/cell-parts.ts). */
  readonly values: ValueSum[] = []
  readonly #byValue = new Map<Dimension, Map<string, ValueSum>>()
  /** The fold makes most values once: to look for the very pair is quicker than to look for what it says. */
  readonly #byPair = new Map<DimensionValue, ValueSum>()
  /** Lists that many deltas share are added up as one, and by value at the end. */
  readonly #byList = new Map<readonly DimensionValue[], ListSum>()

  constructor(changes: readonly Change<Delta[]>[]) {
    for (const { change } of changes) for (const delta of change) this.#add(delta)
    for (const list of this.#byList.values())
      for (const value of list.values) {
        addCounts(value, list)
        if (list.visitors) for (const visitor of list.visitors) value.addVisitor(visitor)
      }
  }

  get(dimension: Dimension, value: string): ValueSum | undefined {
    return this.#byValue.get(dimension)?.get(value)
  }

  #add(delta: Delta): void {
    const { add, visitor, values, shared, visitorIsKnown } = delta
    addToTotals(this.totals, delta)
    for (const pair of values) {
      const sum = this.#byPair.get(pair) ?? this.#sumOf(pair)
      addCounts(sum, add)
      if (visitor !== undefined && sum.isOfVisitors) sum.addVisitor(visitor)
    }
    for (const list of shared) {
      const sum = this.#byList.get(list) ?? this.#sumOfList(list)
      addCounts(sum, add)
      if (visitor !== undefined && !visitorIsKnown) sum.addVisitor(visitor)
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
      sum = new ValueSum(dimension, value)
      values.set(value, sum)
      this.values.push(sum)
    }
    this.#byPair.set(pair, sum)
    return sum
  }

  #sumOfList(list: readonly DimensionValue[]): ListSum {
    const sum = new ListSum(list.map((pair) => this.#sumOf(pair)))
    this.#byList.set(list, sum)
    return sum
  }
}

/** What changes add to the totals of a cell. */
export function sumOfTotals(changes: readonly Change<Delta[]>[]): Sum {
  const sum = new Sum()
  for (const { change } of changes) for (const delta of change) addToTotals(sum, delta)
  return sum
}

function addToTotals(totals: Sum, { add, visitor, outsideTotals }: Delta): void {
  if (outsideTotals) return
  addCounts(totals, add)
  if (visitor !== undefined) totals.addVisitor(visitor)
}
