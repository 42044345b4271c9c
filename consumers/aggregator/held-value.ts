import type { HeldItem } from './held-item.ts'
import type { Figures } from './shapes/cell.ts'
import type { Dimension } from './shapes/dimensions.ts'

/** A value of a cell, and once it has its place, where that is. */
export class HeldValue {
  readonly dimension: Dimension
  readonly value: string
  item: HeldItem | undefined = undefined
  figures: Figures | undefined = undefined

  constructor(dimension: Dimension, value: string) {
    this.dimension = dimension
    this.value = value
  }
}
