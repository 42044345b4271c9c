/**
 * What the deltas of an hour add up to, by value, until it is put into the hour's cell and into its day's. The same
 * value comes a hundred times in between: it is looked up and added there once. What is known of a value, the place it
 * has in either cell among it, is kept from one time to the next.
 */
import type { Delta } from './delta.ts'
import type { HeldValue } from './held-value.ts'
import type { OpenCell } from './open-cell.ts'
import { addCounts } from './shapes/cell.ts'
import { type Dimension, type DimensionValue, tellsVisitorsApart } from './shapes/dimensions.ts'
import { Sum } from './sum.ts'

class ValueSum extends Sum {
  readonly isOfVisitors: boolean
  /** Positions of clicks are not counted by the hour. */
  readonly inHour: HeldValue | undefined
  readonly inDay: HeldValue | undefined
  isTouched = false

  constructor(dimension: Dimension, value: string, hour: OpenCell, day: OpenCell) {
    super()
    this.isOfVisitors = tellsVisitorsApart(dimension)
    this.inHour = hour.hold(dimension, value)
    this.inDay = day.hold(dimension, value)
  }
}

/** Of all values with which a visit comes. */
class ListSum extends Sum {
  readonly values: readonly ValueSum[]
  isTouched = false

  constructor(values: readonly ValueSum[]) {
    super()
    this.values = values
  }
}

/** Pairs and lists that are known by their identity; beyond so many all are looked up by what they say again. */
const maxRemembered = 50_000

export class DeltaSum {
  readonly hour: OpenCell
  readonly day: OpenCell
  readonly #byValue = new Map<Dimension, Map<string, ValueSum>>()
  /** The fold makes most values once: to look for the very pair is quicker than to look for what it says. */
  readonly #byPair = new Map<DimensionValue, ValueSum>()
  /** What many deltas share is added up as one, and by value at the end. */
  readonly #byShared = new Map<Delta['shared'], ListSum>()
  #touchedValues: ValueSum[] = []
  #touchedLists: ListSum[] = []

  constructor(hour: OpenCell, day: OpenCell) {
    this.hour = hour
    this.day = day
  }

  add(delta: Delta): void {
    const { add, visitor, values, shared, visitorIsKnown, outsideTotals } = delta
    if (!outsideTotals) this.hour.sum.addToTotals(delta, visitorIsKnown)
    for (const pair of values) {
      const sum = this.#byPair.get(pair) ?? this.#sumOf(pair)
      if (!sum.isTouched) this.#touch(sum)
      addCounts(sum, add)
      if (visitor !== undefined && sum.isOfVisitors) sum.addVisitor(visitor)
    }
    if (shared.length === 0) return
    const sum = this.#byShared.get(shared) ?? this.#sumOfShared(shared)
    if (!sum.isTouched) {
      sum.isTouched = true
      this.#touchedLists.push(sum)
    }
    addCounts(sum, add)
    if (visitor !== undefined && !visitorIsKnown) sum.addVisitor(visitor)
  }

  /** Puts what came together into both cells; all of its values have their places by then. */
  settle(): void {
    this.day.sum.add(this.hour.sum)
    for (const list of this.#touchedLists) {
      for (const value of list.values) {
        if (!value.isTouched) this.#touch(value)
        value.add(list)
      }
      list.isTouched = false
      list.clear()
    }
    this.#touchedLists = []
    for (const value of this.#touchedValues) {
      const { inHour, inDay } = value
      if (inHour) this.hour.add(inHour, value)
      if (inDay) this.day.add(inDay, value)
      value.isTouched = false
      value.clear()
    }
    this.#touchedValues = []
  }

  #touch(sum: ValueSum): void {
    sum.isTouched = true
    this.#touchedValues.push(sum)
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
      sum = new ValueSum(dimension, value, this.hour, this.day)
      values.set(value, sum)
    }
    if (this.#byPair.size >= maxRemembered) this.#byPair.clear()
    this.#byPair.set(pair, sum)
    return sum
  }

  #sumOfShared(shared: Delta['shared']): ListSum {
    const sum = new ListSum(shared.flat().map((pair) => this.#sumOf(pair)))
    if (this.#byShared.size >= maxRemembered) this.#byShared.clear()
    this.#byShared.set(shared, sum)
    return sum
  }
}
