/**
 * One item of the table `cells` as it is held in memory: what is stored, with changes that are not. What it holds is
 * settled by the stream up to `through`, whoever reads it; so of two runners on one shard, whose item has come further
 * is right, and the other's is thrown away (docs/decisions/0005-effects-exactly-once.md).
 */
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { CellStore } from './cell-store.ts'
import type { HeldValue } from './held-value.ts'
import { addCounts, type Cell, figuresOf } from './shapes/cell.ts'
import type { CellKey } from './shapes/cell-key.ts'
import { isFull, reservedBytes, valueBytes } from './shapes/cell-parts.ts'
import type { Sum } from './sum.ts'

export class HeldItem {
  readonly #store: CellStore
  readonly #key: CellKey
  readonly #cell: Cell
  #stored: SequenceNumber | undefined
  #through: SequenceNumber | undefined
  /** The record whose changes, and those before it, are being added. */
  #takes: SequenceNumber | undefined
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

  /** The last record that is in it. */
  get through(): SequenceNumber | undefined {
    return this.#through
  }

  /**
   * Adds to its totals.
   *
   * @param changedBy the last record that the sum is of; if it is in the item, all of them are, and nothing is added
   */
  addToTotals(sum: Sum, changedBy: SequenceNumber | undefined): void {
    if (!this.takes(changedBy)) return
    const { totals } = this.#cell
    addCounts(totals, sum)
    if (sum.visitors) for (const visitor of sum.visitors) totals.visitors.add(visitor)
  }

  /**
   * Whether changes up to a record are not in the item yet. From then on they count as being in it: what they change of
   * all its figures is to be added before another record is asked about.
   */
  takes(changedBy: SequenceNumber | undefined): boolean {
    if (changedBy === undefined) return false
    if (this.#takes === changedBy) return true
    if (!isAfter(changedBy, this.#through)) return false
    this.#takes = changedBy
    this.#through = changedBy
    return true
  }

  /**
   * Gives a value its place here, if it has it here or this is where it belongs.
   *
   * @param changedBy the record that the value came with; if it is in the item, so are its values
   * @returns false when the item was full before the value came
   */
  place(held: HeldValue, changedBy: SequenceNumber | undefined): boolean {
    const { dimension, value } = held
    let figures = this.#cell.dimensions.get(dimension)?.get(value)
    if (!figures) {
      const isHere = changedBy !== undefined && isAfter(changedBy, this.#through)
      if (!isHere || isFull(this.#key.part ?? '', this.#reserved)) return false
      this.#reserved += valueBytes(dimension, value)
      this.#values += 1
      figures = figuresOf(this.#cell, dimension, value)
    }
    held.item = this
    held.figures = figures
    return true
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
