/**
 * What the deltas of an hour add up to, by value, until it is put into the hour's cell and into its day's. The same
 * value comes a hundred times in between: it leads to its sum itself, and is put into the cells once. What is known of
 * a value, the place it has in either cell among it, is kept from one time to the next.
 */
import type { Delta } from './delta.ts'
import type { DimensionValue, SharedValues, SumOwner } from './dimension-value.ts'
import type { HeldValue } from './held-value.ts'
import type { OpenCell } from './open-cell.ts'
import { Tally } from './shapes/cell.ts'
import type { Dimension } from './shapes/dimensions.ts'
import { SumRows } from './sum-rows.ts'

/** Lists that are known; beyond so many all are looked up by what they say again. */
const maxLists = 50_000

export class DeltaSum {
  readonly hour: OpenCell
  readonly day: OpenCell
  /** A value outlives this, and knows no more of what it was added up in than who that is: it holds no cells. */
  readonly #owner: SumOwner = {}
  /** A row for each value, with its place in either cell: positions of clicks are not counted by the hour. */
  readonly #values = new SumRows()
  readonly #inHour: (HeldValue | undefined)[] = []
  readonly #inDay: (HeldValue | undefined)[] = []
  /** For values that are new, and for those that were last added up elsewhere: in another hour, for another site. */
  readonly #byValue = new Map<Dimension, Map<string, number>>()
  /** What many deltas share is added up as one, and by value at the end. */
  #lists = new SumRows()
  #listOwner: SumOwner = {}
  /** Rows of their values. */
  #rowsOfLists: number[][] = []
  readonly #byList = new Map<SharedValues, number>()

  constructor(hour: OpenCell, day: OpenCell) {
    this.hour = hour
    this.day = day
  }

  add(delta: Delta): void {
    const { add, visitor, values, shared, visitorIsKnown, outsideTotals } = delta
    if (!outsideTotals) this.hour.sum.addToTotals(delta, visitorIsKnown)
    for (const value of values) {
      const row = value.owner === this.#owner ? value.row : this.#rowOf(value)
      this.#values.add(row, add)
      if (visitor !== undefined && value.tellsVisitorsApart) this.#values.addVisitor(row, visitor)
    }
    if (shared === undefined || outsideTotals) return
    const row = shared.owner === this.#listOwner ? shared.row : this.#rowOfList(shared)
    this.#lists.add(row, add)
    if (visitor !== undefined && !visitorIsKnown) this.#lists.addVisitor(row, visitor)
  }

  /** Puts what came together into both cells; all of its values have their places by then. */
  settle(): void {
    this.day.sum.add(this.hour.sum)
    this.#settleLists()
    const values = this.#values
    for (const row of values.touched) {
      this.hour.add(this.#inHour[row], values, row)
      this.day.add(this.#inDay[row], values, row)
    }
    values.clear()
  }

  /** All that a visit comes with tells visitors apart. */
  #settleLists(): void {
    const [lists, values] = [this.#lists, this.#values]
    for (const list of lists.touched) {
      const rows = this.#rowsOfLists[list] as number[]
      const counts = new Tally()
      lists.addCountsTo(counts, list)
      for (const row of rows) {
        values.add(row, counts)
        for (let place = lists.latestVisitor(list); place > 0; place = lists.visitorBefore(place))
          values.addVisitor(row, lists.visitorAt(place))
      }
    }
    lists.clear()
  }

  #rowOf(of: DimensionValue): number {
    const { dimension, value } = of
    let values = this.#byValue.get(dimension)
    if (!values) {
      values = new Map()
      this.#byValue.set(dimension, values)
    }
    let row = values.get(value)
    if (row === undefined) {
      row = this.#values.push()
      this.#inHour.push(this.hour.hold(dimension, value))
      this.#inDay.push(this.day.hold(dimension, value))
      values.set(value, row)
    }
    of.owner = this.#owner
    of.row = row
    return row
  }

  #rowOfList(of: SharedValues): number {
    let row = this.#byList.get(of)
    if (row === undefined) {
      if (this.#byList.size >= maxLists) this.#forgetLists()
      row = this.#lists.push()
      this.#rowsOfLists.push(of.lists.flat().map((value) => this.#rowOf(value)))
      this.#byList.set(of, row)
    }
    of.owner = this.#listOwner
    of.row = row
    return row
  }

  #forgetLists(): void {
    this.#settleLists()
    this.#lists = new SumRows()
    this.#listOwner = {}
    this.#rowsOfLists = []
    this.#byList.clear()
  }
}
