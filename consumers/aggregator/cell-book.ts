/** Gathers the deltas of a batch by the cells they change, and writes those cells, each delta exactly once. */
import type { SequenceNumber } from '../../stream/sequence.ts'
import { type Change, inParallel, prepareOnce, type Versioned } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import type { Delta } from './fold.ts'
import { type Cell, counts, type Figures, figuresOf } from './shapes/cell.ts'
import {
  bucketStart,
  type CellKey,
  cellText,
  granularities,
  liveGeneration,
  minuteRetentionMs,
  seriesOf,
  utcDay,
} from './shapes/cell-key.ts'

type PendingCell = { key: CellKey; changes: Change<Delta>[] }

/** Cells kept in memory between two flushes, so that a busy cell need not be read again. */
const maxHotCells = 2000

export class CellBook {
  readonly #store: CellStore
  readonly #shardId: string
  readonly #hot = new Map<string, Versioned<Cell>>()
  #pending = new Map<string, PendingCell>()

  constructor(store: CellStore, shardId: string) {
    this.#store = store
    this.#shardId = shardId
  }

  /** Notes a change, under the sequence number of the record it comes from. */
  add(sequence: SequenceNumber, delta: Delta): void {
    for (const granularity of granularities) {
      const start = bucketStart(granularity, delta.at)
      if (granularity === 'minute' && start < delta.received - minuteRetentionMs) continue
      const key: CellKey = {
        site: delta.site,
        granularity,
        start,
        segment: utcDay(delta.received),
        generation: liveGeneration,
        shardId: this.#shardId,
      }
      const name = `${seriesOf(key.site, granularity)} ${cellText(key)}`
      const pending = this.#pending.get(name)
      if (pending) pending.changes.push({ sequence, change: delta })
      else this.#pending.set(name, { key, changes: [{ sequence, change: delta }] })
    }
  }

  /**
   * Makes every change, before the first is written: a record that cannot be counted must leave no trace in any cell.
   * After a rejection the book is to be thrown away.
   *
   * @returns what writes every changed cell
   */
  async prepare(): Promise<() => Promise<void>> {
    const pending = this.#pending
    this.#pending = new Map()
    const writes: [name: string, write: () => Promise<Versioned<Cell>>][] = []
    await inParallel(pending, async ([name, { key, changes }]) => {
      const apply = key.granularity === 'minute' ? applyToTotals : applyDelta
      writes.push([name, await prepareOnce(this.#store, key, this.#hot.get(name), changes, apply)])
    })
    return () => this.#write(writes)
  }

  async #write(writes: readonly [name: string, write: () => Promise<Versioned<Cell>>][]): Promise<void> {
    await inParallel(writes, async ([name, write]) => {
      this.#hot.delete(name)
      this.#hot.set(name, await write())
    })
    // Oldest first: a Map keeps the order in which its entries were last set.
    for (const name of this.#hot.keys()) {
      if (this.#hot.size <= maxHotCells) break
      this.#hot.delete(name)
    }
  }
}

export function applyDelta(cell: Cell, delta: Delta): void {
  addTo(cell.totals, delta)
  for (const [dimension, value] of delta.values) addTo(figuresOf(cell, dimension, value), delta)
}

/** Minutes are kept without dimensions. */
function applyToTotals(cell: Cell, delta: Delta): void {
  addTo(cell.totals, delta)
}

function addTo(figures: Figures, { add, visitor }: Delta): void {
  for (const count of counts) figures[count] += add[count] ?? 0
  if (visitor !== undefined) figures.visitors.add(visitor)
}
