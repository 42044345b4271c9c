/** A cell that is being counted in: an item with its totals, and trees of items with its values. */
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import { inParallel } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import { HeldItem } from './held-item.ts'
import { HeldValue } from './held-value.ts'
import type { CellKey } from './shapes/cell-key.ts'
import { isCounted, partBelow, type RootPart, rootOf, rootPartOf } from './shapes/cell-parts.ts'
import type { Dimension } from './shapes/dimensions.ts'
import { Sum } from './sum.ts'
import type { SumRows } from './sum-rows.ts'

/** Which items of a cell: its totals, or the parts of one tree, by the name of its root. */
export type Section = 'totals' | RootPart

export class OpenCell {
  readonly key: CellKey
  /** When its values were last written, on the clock of whoever writes them. */
  writtenAt = Number.NEGATIVE_INFINITY
  /** The last record that changed it since it was settled. */
  changedBy: SequenceNumber | undefined
  /** What is to be added to its totals. */
  readonly sum = new Sum()
  readonly #store: CellStore
  #totals: HeldItem | undefined
  readonly #parts = new Map<string, HeldItem>()
  /** In the order in which they first came, which decides about their places. */
  #unplaced: HeldValue[] = []
  /** After a crash, or beside another runner, some item may hold what the stream is still to bring: up to here. */
  #ahead: SequenceNumber | undefined

  constructor(store: CellStore, key: CellKey) {
    this.#store = store
    this.key = key
  }

  /** @returns undefined when cells of this granularity do not count the dimension */
  hold(dimension: Dimension, value: string): HeldValue | undefined {
    if (!isCounted(rootPartOf(dimension), this.key.granularity)) return undefined
    const held = new HeldValue(dimension, value)
    this.#unplaced.push(held)
    return held
  }

  /** Whether something of it is to be loaded, or to be given a place, before the next record changes it. */
  get isOpening(): boolean {
    return this.#totals === undefined || this.#unplaced.length > 0
  }

  /** Loads what is needed, and gives new values their places. */
  async open(): Promise<void> {
    this.#totals ??= await this.#load()
    const unplaced = this.#unplaced
    this.#unplaced = []
    for (const held of unplaced) {
      let part: string = rootPartOf(held.dimension)
      while (!(this.#parts.get(part) ?? (await this.#loadPart(part))).place(held, this.changedBy))
        part = partBelow(part, held.dimension, held.value)
    }
  }

  /** Whether an item may hold the record that changed it last: what that changed is not to be mixed with what follows. */
  get isAhead(): boolean {
    return this.#ahead !== undefined && this.changedBy !== undefined && !isAfter(this.changedBy, this.#ahead)
  }

  /** Adds a row to the figures of a value that has its place; undefined: the cell does not count it. */
  add(held: HeldValue | undefined, sums: SumRows, row: number): void {
    if (held?.figures && held.item?.takes(this.changedBy)) sums.addTo(held.figures, row)
  }

  /** Adds what is to be added to its totals: now all that changed it is in its items. */
  settle(): void {
    this.#totals?.addToTotals(this.sum, this.changedBy)
    this.sum.clear()
    this.changedBy = undefined
  }

  /** Whether it holds something of these sections that is not stored. */
  isChanged(sections: readonly Section[]): boolean {
    for (const item of this.#itemsOf(sections)) if (item.isChanged) return true
    return false
  }

  /**
   * Stores what has changed of these sections.
   *
   * @returns whether another runner's items took the place of some: values are to be placed anew
   */
  async write(sections: readonly Section[]): Promise<boolean> {
    let isReplaced = false
    const write = async (item: HeldItem) => {
      const written = await item.write()
      if (written === item) return item
      isReplaced = true
      return this.#notingAhead(written)
    }
    if (this.#totals && sections.includes('totals')) this.#totals = await write(this.#totals)
    const parts = [...this.#parts].filter(([part, item]) => item.isChanged && sections.includes(rootOf(part)))
    await inParallel(parts, async ([part, item]) => {
      this.#parts.set(part, await write(item))
    })
    return isReplaced
  }

  /** Values that it holds. */
  get values(): number {
    let values = 0
    for (const item of this.#parts.values()) values += item.values
    return values
  }

  *#itemsOf(sections: readonly Section[]): Generator<HeldItem> {
    if (this.#totals && sections.includes('totals')) yield this.#totals
    for (const [part, item] of this.#parts) if (sections.includes(rootOf(part))) yield item
  }

  async #loadPart(part: string): Promise<HeldItem> {
    const item = await this.#load(part)
    this.#parts.set(part, item)
    return item
  }

  async #load(part?: string): Promise<HeldItem> {
    return this.#notingAhead(await HeldItem.load(this.#store, part === undefined ? this.key : { ...this.key, part }))
  }

  #notingAhead(item: HeldItem): HeldItem {
    if (item.through !== undefined && isAfter(item.through, this.#ahead)) this.#ahead = item.through
    return item
  }
}
