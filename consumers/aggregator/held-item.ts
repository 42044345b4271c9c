/**
 * One item of the table `cells` as it is held in memory: what is stored, with changes that are not. What it holds is
 * settled by the stream up to `through`, whoever reads it; so of two runners on one shard, whose item has come further
 * is right, and the other's is thrown away (docs/decisions/0005-effects-exactly-once.md).
 */
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { Change } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import type { Sum } from './delta-sum.ts'
import { addCounts, type Cell, type Figures, figuresOf } from './shapes/cell.ts'
import type { CellKey } from './shapes/cell-key.ts'
import { isFull, reservedBytes, valueBytes } from './shapes/cell-parts.ts'
import type { Dimension } from './shapes/dimensions.ts'

export class HeldItem {
  readonly #store: CellStore
  readonly #key: CellKey
  readonly #cell: Cell
  #stored: SequenceNumber | undefined
  #through: SequenceNumber | undefined
  #reserved: number
  #values = 0

  private constructor(store: CellStore, key: CellKey, cell: Cell, stored: SequenceNumber | undefined) {
    this.#store = store
    this.#key = key
    this.#cell = cell
    this.#stored = stored
    this.#through = stored
    this.#reserved = reservedBytes(cell)
    for (const values of cell.dimensions.values()) this.#values += values.size
  }

  static async load(store: CellStore, key: CellKey): Promise<HeldItem> {
    const { value, sequence } = await store.load(key)
    return new HeldItem(store, key, value, sequence)
  }

  /** Whether something is not stored yet. */
  get isChanged(): boolean {
    return this.#through !== this.#stored
  }

  /** How many values it holds. */
  get values(): number {
    return this.#values
  }

  /** Those of the changes that are not in it yet: all of them, but after a crash or beside another runner. */
  fresh<T>(changes: readonly Change<T>[]): readonly Change<T>[] {
    const first = changes[0]
    if (!first || isAfter(first.sequence, this.#through)) return changes
    return changes.filter(({ sequence }) => isAfter(sequence, this.#through))
  }

  /** Notes that all changes up to this one are in it. */
  reach(sequence: SequenceNumber): void {
    if (isAfter(sequence, this.#through)) this.#through = sequence
  }

  addToTotals(sum: Sum): void {
    addSum(this.#cell.totals, sum)
  }

  /**
   * Adds to a value that it has, or takes it in.
   *
   * @param sum what is to be added; undefined: all of it is in the item already, if this is its place
   * @returns whether this is the value's place; if not, the item was full before the value came
   */
  add(dimension: Dimension, value: string, sum: Sum | undefined): boolean {
    const figures = this.#cell.dimensions.get(dimension)?.get(value) ?? (sum && this.#take(dimension, value))
    if (!figures) return false
    if (!sum) return true
    addSum(figures, sum)
    return true
  }

  #take(dimension: Dimension, value: string): Figures | undefined {
    if (isFull(this.#key.part ?? '', this.#reserved)) return undefined
    this.#reserved += valueBytes(dimension, value)
    this.#values += 1
    return figuresOf(this.#cell, dimension, value)
  }

  /** @returns itself, or what another runner has stored meanwhile, which goes further */
  async write(): Promise<HeldItem> {
    while (true) {
      const through = this.#through
      if (through === undefined || through === this.#stored) return this
      if (await this.#store.replace(this.#key, { value: this.#cell, sequence: this.#stored }, through)) {
        this.#stored = through
        return this
      }
      const theirs = await HeldItem.load(this.#store, this.#key)
      if (!isAfter(through, theirs.#stored)) return theirs
      this.#stored = theirs.#stored
    }
  }
}

function addSum(figures: Figures, sum: Sum): void {
  addCounts(figures, sum)
  if (sum.visitors) for (const visitor of sum.visitors) figures.visitors.add(visitor)
}
