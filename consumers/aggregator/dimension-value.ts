/**
 * What deltas name. The fold makes most of it once, and whoever adds deltas up (delta-sum.ts) leaves its sum here: a
 * look into a Map for each event and value would take longer than all else that happens to the event.
 */
import type { Dimension } from './shapes/dimensions.ts'
import type { ListSum, ValueSum } from './sum.ts'

/** One value of a dimension. */
export class DimensionValue {
  readonly dimension: Dimension
  readonly value: string
  /** Where it was added up last. */
  sum: ValueSum | undefined = undefined

  constructor(dimension: Dimension, value: string) {
    this.dimension = dimension
    this.value = value
  }
}

export type Values = readonly DimensionValue[]

/** Lists of values that always come together. */
export class SharedValues {
  readonly lists: readonly Values[]
  /** Where they were added up last, as one. */
  sum: ListSum | undefined = undefined

  constructor(lists: readonly Values[]) {
    this.lists = lists
  }
}
