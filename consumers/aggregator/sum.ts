/** What is to be added to figures: counts, and visitors of whom some may be named more than once. */
import type { Delta } from './delta.ts'
import { addCounts, clearCounts, Tally } from './shapes/cell.ts'
import { type Dimension, tellsVisitorsApart } from './shapes/dimensions.ts'

export class Sum extends Tally {
  /** Nobody: undefined. */
  visitors: number[] | undefined = undefined

  addVisitor(visitor: number): void {
    if (this.visitors) this.visitors.push(visitor)
    else this.visitors = [visitor]
  }

  add(from: Sum): void {
    addCounts(this, from)
    if (from.visitors) for (const visitor of from.visitors) this.addVisitor(visitor)
  }

  addToTotals({ add, visitor }: Delta, visitorIsKnown = false): void {
    addCounts(this, add)
    if (visitor !== undefined && !visitorIsKnown) this.addVisitor(visitor)
  }

  clear(): void {
    clearCounts(this)
    this.visitors = undefined
  }
}

/** Of one value, or of many as one, in the deltas that one owner adds up. It holds nothing of the owner's cells. */
class OwnedSum extends Sum {
  readonly owner: SumOwner
  isTouched = false

  constructor(owner: SumOwner) {
    super()
    this.owner = owner
  }
}

/** Told from others by its identity alone. */
export type SumOwner = object

export class ValueSum extends OwnedSum {
  readonly isOfVisitors: boolean
  /** Counts the owner's values from 0. */
  readonly place: number

  constructor(owner: SumOwner, dimension: Dimension, place: number) {
    super(owner)
    this.isOfVisitors = tellsVisitorsApart(dimension)
    this.place = place
  }
}

/** Of all values with which a visit comes. */
export class ListSum extends OwnedSum {
  readonly values: readonly ValueSum[]

  constructor(owner: SumOwner, values: readonly ValueSum[]) {
    super(owner)
    this.values = values
  }
}
