/**
 * Gathers deltas by the cells they change, and writes those cells, each delta exactly once
 * (docs/decisions/0008-cells-in-parts.md): what people look at while it is running with every flush, the rest seldom.
 *
 *                  minute, hour that is running   minute, hour that is over   day
 *     totals       every flush                    after a wait                flushAll
 *     values       after a wait                   after a wait                flushAll
 *     positions    none                           none                        flushAll
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import { inParallel } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import type { Delta } from './delta.ts'
import { OpenCell, type Section } from './open-cell.ts'
import {
  bucketStart,
  bucketText,
  type CellKey,
  type Granularity,
  granularities,
  granularityMs,
  minuteRetentionMs,
} from './shapes/cell-key.ts'
import type { Segment } from './shapes/segments.ts'

/** Where a book's cells belong. */
export type BookPlace = Pick<CellKey, 'shardId' | 'generation'>

export type BookPace = {
  /** How long what is not written with every flush waits, but for what `flushAll` alone writes. */
  breakdownDelayMs: number
  /** Any clock in milliseconds. */
  now: () => number
}

/** Cells of one site by bucket with segment, and the last that was asked for, which mostly is asked for again. */
type SiteCells = Record<Granularity, Map<string, OpenCell>> & { recent: Partial<Record<Granularity, OpenCell>> }

/** Values kept in memory, so that busy cells need not be read again: about half a KiB each. */
const maxValues = 1_500_000
/**
 * Deltas of a cell are added up when there are so many, also within a batch: few enough to be garbage before they are
 * moved to where garbage is dear, enough to come to the same values again and again.
 */
const manyDeltas = 5000
/** Deltas kept of all cells, some 300 bytes each. */
const maxDeltas = 100_000

/** A minute or an hour is looked at as running for so long after its end. */
const settlingMs = 15_000

const everything: readonly Section[] = ['totals', 'd', 'p']

export class CellBook {
  readonly #store: CellStore
  readonly #place: BookPlace
  readonly #pace: BookPace
  readonly #sites = new Map<string, SiteCells>()
  /** Cells with deltas that are not added up yet. */
  readonly #unsettled = new Set<OpenCell>()
  readonly #crowded = new Set<OpenCell>()
  #deltas = 0
  /** Receipt time of the latest delta. */
  #arrivedAt = 0
  /** Cells that are not written whole. */
  readonly #changed = new Set<OpenCell>()
  /** Written cells, those written longest ago first. */
  readonly #kept = new Set<OpenCell>()

  constructor(store: CellStore, place: BookPlace, pace: BookPace) {
    this.#store = store
    this.#place = place
    this.#pace = pace
  }

  /** Notes a change, under the sequence number of the record it comes from. */
  add(sequence: SequenceNumber, delta: Delta): void {
    const { at, received, outsideTotals } = delta
    this.#arrivedAt = Math.max(this.#arrivedAt, received)
    const cells = this.#cellsOf(delta.site)
    const hour = this.#cellOf(cells, 'hour', delta)
    this.#append(hour, sequence, delta)
    this.#append(this.#cellOf(cells, 'day', delta), sequence, delta, hour)
    if (!outsideTotals && at >= received - minuteRetentionMs)
      this.#append(this.#cellOf(cells, 'minute', delta), sequence, delta)
    this.#deltas += 1
  }

  /** Whether so much was added that it is time to `relieve`. */
  get isCrowded(): boolean {
    return this.#crowded.size > 0 || this.#deltas >= maxDeltas
  }

  /** Adds up what has become much. After a rejection, here and below, the book is to be thrown away. */
  async relieve(): Promise<void> {
    await this.#settle(this.#deltas >= maxDeltas ? this.#unsettled : this.#crowded)
    await this.#bound()
  }

  /** Writes what is due. */
  async flush(): Promise<void> {
    const now = this.#pace.now()
    await this.#write(({ key: { granularity, start }, writtenAt }) => {
      if (granularity === 'day') return []
      if (now - writtenAt >= this.#pace.breakdownDelayMs) return ['totals', 'd']
      // Visits go on for a while, and count where they began.
      const isRunning = this.#arrivedAt < start + granularityMs[granularity] + settlingMs
      return isRunning ? ['totals'] : []
    })
  }

  /** Writes all that people look at while it is running: for when nothing more is coming at the moment. */
  async flushHours(): Promise<void> {
    await this.#write(({ key }) => (key.granularity === 'day' ? [] : ['totals', 'd']))
  }

  /** Writes everything. */
  async flushAll(): Promise<void> {
    await this.#write(() => everything)
  }

  /** Adds up the deltas of cells. */
  async #settle(cells: ReadonlySet<OpenCell>): Promise<void> {
    const settling = [...cells]
    await inParallel(settling, (cell) => cell.settle())
    for (const cell of settling) {
      if (cell.key.granularity === 'hour') this.#deltas -= cell.deltas
      cell.clearChanges()
      this.#unsettled.delete(cell)
      this.#crowded.delete(cell)
    }
  }

  async #write(due: (cell: OpenCell) => readonly Section[]): Promise<void> {
    await this.#settle(this.#unsettled)
    await this.#writeDue(due)
    await this.#bound()
  }

  /** Forgets what is too much to keep. */
  async #bound(): Promise<void> {
    // What is not written cannot be forgotten.
    if (valuesOf(this.#changed) > maxValues) await this.#writeDue(() => everything)
    this.#forget()
  }

  async #writeDue(due: (cell: OpenCell) => readonly Section[]): Promise<void> {
    await inParallel(this.#changed, async (cell) => {
      const sections = due(cell)
      if (sections.includes('d')) cell.writtenAt = this.#pace.now()
      await cell.write(sections)
      if (cell.isChanged(everything)) return
      this.#changed.delete(cell)
      this.#kept.add(cell)
    })
  }

  #append(cell: OpenCell, sequence: SequenceNumber, delta: Delta, like?: OpenCell): void {
    cell.append(sequence, delta, like)
    if (cell.deltas === 1) this.#unsettled.add(cell)
    else if (cell.deltas === manyDeltas) this.#crowded.add(cell)
    this.#changed.add(cell)
    this.#kept.delete(cell)
  }

  #cellsOf(site: string): SiteCells {
    let cells = this.#sites.get(site)
    if (!cells) {
      cells = { minute: new Map(), hour: new Map(), day: new Map(), recent: {} }
      this.#sites.set(site, cells)
    }
    return cells
  }

  #cellOf(cells: SiteCells, granularity: Granularity, { site, at, segment }: Delta): OpenCell {
    const recent = cells.recent[granularity]
    if (recent && holds(recent, at, segment)) return recent
    const start = bucketStart(granularity, at)
    const place = placeOf(start, segment.name)
    let cell = cells[granularity].get(place)
    if (!cell) {
      // A time that makes no key is the fault of the record at hand, and shows before anything is written.
      bucketText(granularity, start)
      cell = new OpenCell(this.#store, { site, granularity, start, segment: segment.name, ...this.#place })
      cells[granularity].set(place, cell)
    }
    cells.recent[granularity] = cell
    return cell
  }

  #forget(): void {
    let values = valuesOf(this.#kept)
    for (const cell of this.#kept) {
      if (values <= maxValues) return
      values -= 1 + cell.values
      this.#kept.delete(cell)
      const { site, granularity, start, segment } = cell.key
      const cells = this.#sites.get(site)
      cells?.[granularity].delete(placeOf(start, segment))
      if (cells?.recent[granularity] === cell) delete cells.recent[granularity]
      if (cells && granularities.every((each) => cells[each].size === 0)) this.#sites.delete(site)
    }
  }
}

function valuesOf(cells: Iterable<OpenCell>): number {
  let values = 0
  for (const cell of cells) values += 1 + cell.values
  return values
}

function placeOf(start: number, segment: string): string {
  return `${start} ${segment}`
}

function holds({ key }: OpenCell, at: number, segment: Segment): boolean {
  return key.segment === segment.name && at >= key.start && at < key.start + granularityMs[key.granularity]
}
