/** A cell that is being counted in: an item with its totals, and trees of items with its values. */
import type { SequenceNumber } from '../../stream/sequence.ts'
import { type Change, inParallel } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import type { Delta } from './delta.ts'
import { DeltaSum, sumOfTotals, type ValueSum } from './delta-sum.ts'
import { HeldItem } from './held-item.ts'
import type { CellKey } from './shapes/cell-key.ts'
import { isCounted, partBelow, type RootPart, rootOf, rootPartOf } from './shapes/cell-parts.ts'

/** Which items of a cell: its totals, or the parts of one tree, by the name of its root. */
export type Section = 'totals' | RootPart

export class OpenCell {
  readonly key: CellKey
  /** When its values were last written, on the clock of whoever writes them. */
  writtenAt = Number.NEGATIVE_INFINITY
  readonly #store: CellStore
  #totals: HeldItem | undefined
  readonly #parts = new Map<string, HeldItem>()
  /** Deltas that are in none of its items yet. */
  deltas = 0
  #changes: Change<Delta[]>[] = []
  /** The one cell that got all of the same changes, if there is one: both add up to the same. */
  #like: OpenCell | undefined
  #sum: DeltaSum | undefined
  /** After a crash items have come differently far: what the last so many changes add up to. */
  readonly #restSums = new Map<number, DeltaSum>()

  constructor(store: CellStore, key: CellKey) {
    this.#store = store
    this.key = key
  }

  /** @param like a cell that got this delta too */
  append(sequence: SequenceNumber, delta: Delta, like?: OpenCell): void {
    const last = this.#changes.at(-1)
    if (!last) this.#like = like
    else if (this.#like !== like) this.#like = undefined
    this.deltas += 1
    if (last?.sequence === sequence) last.change.push(delta)
    else this.#changes.push({ sequence, change: [delta] })
  }

  /** What its changes add up to. */
  sum(): DeltaSum {
    this.#sum ??= new DeltaSum(this.#changes)
    return this.#sum
  }

  /** Puts its changes into its items. */
  async settle(): Promise<void> {
    const last = this.#changes.at(-1)
    if (!last) return
    const sum = this.key.granularity === 'minute' ? undefined : (this.#likeSum() ?? this.sum())
    this.#totals ??= await this.#load()
    const fresh = this.#totals.fresh(this.#changes)
    this.#totals.addToTotals(sum && fresh === this.#changes ? sum.totals : sumOfTotals(fresh))
    this.#totals.reach(last.sequence)
    if (!sum) return
    const { granularity } = this.key
    for (const [root, values] of Map.groupBy(sum.values, ({ dimension }) => rootPartOf(dimension)))
      if (isCounted(root, granularity)) await this.#put(root, values, sum)
  }

  /** To be called when all cells have settled: some share what their changes add up to. */
  clearChanges(): void {
    this.#changes = []
    this.deltas = 0
    this.#like = undefined
    this.#sum = undefined
    this.#restSums.clear()
  }

  /** Whether it holds something of these sections that is not stored. */
  isChanged(sections: readonly Section[]): boolean {
    for (const item of this.#itemsOf(sections)) if (item.isChanged) return true
    return false
  }

  /** Stores what has changed of these sections. */
  async write(sections: readonly Section[]): Promise<void> {
    if (sections.includes('totals')) this.#totals = await this.#totals?.write()
    const parts = [...this.#parts].filter(([part, item]) => item.isChanged && sections.includes(rootOf(part)))
    await inParallel(parts, async ([part, item]) => {
      this.#parts.set(part, await item.write())
    })
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

  #likeSum(): DeltaSum | undefined {
    // A cell that got more than this one adds up to more.
    return this.#like?.deltas === this.deltas ? this.#like?.sum() : undefined
  }

  #sumOfRest(changes: readonly Change<Delta[]>[]): DeltaSum {
    const known = this.#restSums.get(changes.length)
    if (known) return known
    const sum = new DeltaSum(changes)
    this.#restSums.set(changes.length, sum)
    return sum
  }

  /**
   * Adds values to a part, and what it has not got and cannot take to the parts below. Where a value lies is settled by
   * all changes; what is added there, by those that the part does not hold yet.
   */
  async #put(part: string, values: readonly ValueSum[], sum: DeltaSum): Promise<void> {
    let item = this.#parts.get(part)
    if (!item) {
      item = await this.#load(part)
      this.#parts.set(part, item)
    }
    const fresh = item.fresh(this.#changes)
    const toAdd = fresh === this.#changes ? sum : this.#sumOfRest(fresh)
    const below = new Map<string, ValueSum[]>()
    for (const each of values) {
      const { dimension, value } = each
      if (item.add(dimension, value, toAdd === sum ? each : toAdd.get(dimension, value))) continue
      const target = partBelow(part, dimension, value)
      const list = below.get(target)
      if (list) list.push(each)
      else below.set(target, [each])
    }
    const last = fresh.at(-1)
    if (last) item.reach(last.sequence)
    for (const [target, rest] of below) await this.#put(target, rest, sum)
  }

  #load(part?: string): Promise<HeldItem> {
    return HeldItem.load(this.#store, part === undefined ? this.key : { ...this.key, part })
  }
}
