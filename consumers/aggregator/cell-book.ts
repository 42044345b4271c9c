/**
 * Gathers deltas by the cells they change, and writes those cells, each delta exactly once. Totals are written with
 * every flush; what they are broken down by takes most of the bytes, and is written the less often the more it is.
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import { applyOnce, type Change, inParallel, type Versioned } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import { type KnownParts, writeValues } from './cell-values.ts'
import type { Delta } from './delta.ts'
import { addCounts, type Cell } from './shapes/cell.ts'
import {
  bucketStart,
  bucketText,
  type CellKey,
  type Granularity,
  granularities,
  granularityMs,
  minuteRetentionMs,
} from './shapes/cell-key.ts'

/** A cell that is being counted in: what is known of it, and what is not written yet. */
type OpenCell = {
  key: CellKey
  totals: Versioned<Cell> | undefined
  parts: KnownParts
  totalsChanges: Change<Delta[]>[]
  valuesChanges: Change<Delta[]>[]
  /** Arrival time of the last values written. */
  valuesAt: number
  /** Values in its parts. */
  rows: number
}

/** Where a book's cells belong. */
export type BookPlace = Pick<CellKey, 'shardId' | 'generation'>

/** Cells of one site by bucket with segment, and the last that was asked for, which mostly is asked for again. */
type SiteCells = Record<Granularity, Map<string, OpenCell>> & { recent: Partial<Record<Granularity, OpenCell>> }

/** Values kept in memory between two flushes, so that busy cells need not be read again: about half a KiB each. */
const maxRows = 400_000
/** A value takes some 50 to 500 bytes of write units, each time. */
const delayMsPerRow = 5
/** Whoever looks at a dashboard sees a click within two seconds, also in what figures are broken down by. */
const mostDelayMs = 500

export class CellBook {
  readonly #store: CellStore
  readonly #place: BookPlace
  readonly #sites = new Map<string, SiteCells>()
  /** Cells with changes that are not written. */
  readonly #changed = new Set<OpenCell>()
  /** Written cells, those written longest ago first. */
  readonly #kept = new Set<OpenCell>()
  #arrivedAt = 0

  constructor(store: CellStore, place: BookPlace) {
    this.#store = store
    this.#place = place
  }

  /** Notes a change, under the sequence number of the record it comes from. */
  add(sequence: SequenceNumber, delta: Delta): void {
    this.#arrivedAt = Math.max(this.#arrivedAt, delta.received)
    for (const granularity of granularities) {
      const isMinute = granularity === 'minute'
      if (isMinute && (delta.outsideTotals || delta.at < delta.received - minuteRetentionMs)) continue
      const cell = this.#cellOf(granularity, delta)
      if (!delta.outsideTotals) append(cell.totalsChanges, sequence, delta)
      if (!isMinute) append(cell.valuesChanges, sequence, delta)
      this.#changed.add(cell)
    }
  }

  /** Writes what is due. After a rejection the book is to be thrown away. */
  flush(): Promise<void> {
    return this.#write(false)
  }

  /** Writes everything. */
  flushAll(): Promise<void> {
    return this.#write(true)
  }

  async #write(all: boolean): Promise<void> {
    await inParallel(this.#changed, async (cell) => {
      if (cell.totalsChanges.length > 0) await this.#writeTotals(cell)
      const delayMs = Math.min(cell.rows * delayMsPerRow, mostDelayMs)
      if (cell.valuesChanges.length > 0 && (all || this.#arrivedAt - cell.valuesAt >= delayMs))
        await this.#writeValues(cell)
      if (cell.valuesChanges.length > 0) return
      this.#changed.delete(cell)
      this.#kept.delete(cell)
      this.#kept.add(cell)
    })
    this.#forget()
  }

  async #writeTotals(cell: OpenCell): Promise<void> {
    const { totals, totalsChanges } = cell
    cell.totals = undefined
    cell.totalsChanges = []
    cell.totals = await applyOnce(this.#store, cell.key, totals, totalsChanges, addToTotals)
  }

  async #writeValues(cell: OpenCell): Promise<void> {
    const { valuesChanges } = cell
    cell.valuesChanges = []
    cell.valuesAt = this.#arrivedAt
    await writeValues(this.#store, cell.key, cell.parts, valuesChanges)
    cell.rows = 0
    for (const { value } of cell.parts.values())
      for (const values of value.dimensions.values()) cell.rows += values.size
  }

  #cellOf(granularity: Granularity, { site, at, segment }: Delta): OpenCell {
    let cells = this.#sites.get(site)
    if (!cells) {
      cells = { minute: new Map(), hour: new Map(), day: new Map(), recent: {} }
      this.#sites.set(site, cells)
    }
    const recent = cells.recent[granularity]
    if (recent && holds(recent, at, segment.name)) return recent
    const start = bucketStart(granularity, at)
    const place = placeOf(start, segment.name)
    const found = cells[granularity].get(place)
    if (found) {
      cells.recent[granularity] = found
      return found
    }
    const key: CellKey = { site, granularity, start, segment: segment.name, ...this.#place }
    // A time that makes no key is the fault of the record at hand, and shows before anything is written.
    bucketText(granularity, start)
    const cell: OpenCell = {
      key,
      totals: undefined,
      parts: new Map(),
      totalsChanges: [],
      valuesChanges: [],
      valuesAt: 0,
      rows: 0,
    }
    cells[granularity].set(place, cell)
    cells.recent[granularity] = cell
    return cell
  }

  #forget(): void {
    let rows = 0
    for (const cell of this.#kept) rows += 1 + cell.rows
    for (const cell of this.#kept) {
      if (rows <= maxRows) return
      rows -= 1 + cell.rows
      this.#kept.delete(cell)
      if (this.#changed.has(cell)) continue
      const { site, granularity, start, segment } = cell.key
      const cells = this.#sites.get(site)
      cells?.[granularity].delete(placeOf(start, segment))
      if (cells?.recent[granularity] === cell) delete cells.recent[granularity]
      if (cells && granularities.every((each) => cells[each].size === 0)) this.#sites.delete(site)
    }
  }
}

function placeOf(start: number, segment: string): string {
  return `${start} ${segment}`
}

function holds({ key }: OpenCell, at: number, segment: string): boolean {
  return key.segment === segment && at >= key.start && at < key.start + granularityMs[key.granularity]
}

function append(changes: Change<Delta[]>[], sequence: SequenceNumber, delta: Delta): void {
  const last = changes[changes.length - 1]
  if (last?.sequence === sequence) last.change.push(delta)
  else changes.push({ sequence, change: [delta] })
}

function addToTotals({ totals }: Cell, deltas: readonly Delta[]): void {
  for (const { add, visitor } of deltas) {
    addCounts(totals, add)
    if (visitor !== undefined) totals.visitors.add(visitor)
  }
}
