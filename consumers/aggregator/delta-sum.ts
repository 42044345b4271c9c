/**
 * What the deltas of an hour add up to, by value, until it is put into the hour's cell and into its day's. The same
 * value comes a hundred times in between: it leads to its sum itself, and is put into the cells once. What is known of
 * a value, the place it has in either cell among it, is kept from one time to the next.
 */
import type { Delta } from './delta.ts'
import type { DimensionValue, SharedValues } from './dimension-value.ts'
import type { HeldValue } from './held-value.ts'
import type { OpenCell } from './open-cell.ts'
import { addCounts } from './shapes/cell.ts'
import type { Dimension } from './shapes/dimensions.ts'
import { ListSum, type SumOwner, ValueSum } from './sum.ts'

/** A value in either cell; positions of clicks are not counted by the hour. */
type Places = { inHour: HeldValue | undefined; inDay: HeldValue | undefined }

/** Lists that are known by their identity; beyond so many all are looked up by what they say again. */
const maxLists = 50_000

export class DeltaSum {
  readonly hour: OpenCell
  readonly day: OpenCell
  /** A value outlives this, and with it the sum that it leads to: that knows no more of its owner than who it is. */
  readonly #owner: SumOwner = {}
  readonly #places: Places[] = []
  /** For values that are new, and for those that were last added up elsewhere: in another hour, for another site. */
  readonly #byValue = new Map<Dimension, Map<string, ValueSum>>()
  /** What many deltas share is added up as one, and by value at the end. */
  readonly #byList = new Map<SharedValues, ListSum>()
  #touchedValues: ValueSum[] = []
  #touchedLists: ListSum[] = []

  constructor(hour: OpenCell, day: OpenCell) {
    this.hour = hour
    this.day = day
  }

  add(delta: Delta): void {
    const { add, visitor, values, shared, visitorIsKnown, outsideTotals } = delta
    if (!outsideTotals) this.hour.sum.addToTotals(delta, visitorIsKnown)
    for (const value of values) {
      const sum = value.sum?.owner === this.#owner ? value.sum : this.#sumOf(value)
      if (!sum.isTouched) this.#touch(sum)
      addCounts(sum, add)
      if (visitor !== undefined && sum.isOfVisitors) sum.addVisitor(visitor)
    }
    if (shared === undefined) return
    const sum = shared.sum?.owner === this.#owner ? shared.sum : this.#sumOfList(shared)
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
      const { inHour, inDay } = this.#places[value.place] as Places
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

  #sumOf(of: DimensionValue): ValueSum {
    const { dimension, value } = of
    let values = this.#byValue.get(dimension)
    if (!values) {
      values = new Map()
      this.#byValue.set(dimension, values)
    }
    let sum = values.get(value)
    if (!sum) {
      const place = this.#places.push({
        inHour: this.hour.hold(dimension, value),
        inDay: this.day.hold(dimension, value),
      })
      sum = new ValueSum(this.#owner, dimension, place - 1)
      values.set(value, sum)
    }
    of.sum = sum
    return sum
  }

  #sumOfList(of: SharedValues): ListSum {
    let sum = this.#byList.get(of)
    if (!sum) {
      sum = new ListSum(
        this.#owner,
        of.lists.flat().map((value) => this.#sumOf(value)),
      )
      if (this.#byList.size >= maxLists) this.#byList.clear()
      this.#byList.set(of, sum)
    }
    of.sum = sum
    return sum
  }
}
