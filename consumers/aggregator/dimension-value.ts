/**
 * What deltas name. The fold makes most of it once, and whoever adds deltas up (delta-sum.ts) leaves here where its sum
 * is: a look into a Map for each event and value would take longer than all else that happens to the event.
 */
import { type Dimension, tellsVisitorsApart } from './shapes/dimensions.ts'

/** Told from others by its identity alone. */
export type SumOwner = object

/** One value of a dimension. */
export class DimensionValue {
  readonly dimension: Dimension
  readonly value: string
  readonly tellsVisitorsApart: boolean
  /** Who added it up last, and in which of its rows. */
  owner: SumOwner | undefined = undefined
  row = 0

  constructor(dimension: Dimension, value: string) {
    this.dimension = dimension
    this.value = value
    this.tellsVisitorsApart = tellsVisitorsApart(dimension)
  }
}

export type Values = readonly DimensionValue[]

/** Lists of values that always come together. */
export class SharedValues {
  readonly lists: readonly Values[]
  /** Who added them up last, as one, and in which of its rows. */
  owner: SumOwner | undefined = undefined
  row = 0

  constructor(lists: readonly Values[]) {
    this.lists = lists
  }
}
