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
import { DeltaSum } from './delta-sum.ts'
import { OpenCell, type Section } from './open-cell.ts'
import {
  bucketStart,
  bucketText,
  type CellKey,
  type Granularity,
  granularities,
  granularityMs,
  minuteRetentionMs,
  utcDay,
} from './shapes/cell-key.ts'

/** Where a book's cells belong. */
export type BookPlace = Pick<CellKey, 'shardId' | 'generation'>

export type BookPace = {
  /** How long what is not written with every flush waits, but for what `flushAll` alone writes. */
  breakdownDelayMs: number
  /** Any clock in milliseconds. */
  now: () => number
}

/** Cells of one site by bucket with segment, and those that were asked for last, which mostly are asked for again. */
type SiteCells = Record<Granularity, Map<string, OpenCell>> & {
  minuteAtHand: OpenCell | undefined
  hourAtHand: DeltaSum | undefined
}

/** Values kept in memory, so that busy cells need not be read again: about half a KiB each. */
const maxValues = 1_500_000
/** Deltas that are added up before they are put into cells, also within a batch: each may leave a visitor's number. */
const maxDeltas = 100_000

/** A minute or an hour is looked at as running for so long after its end. */
const settlingMs = 15_000

const everything: readonly Section[] = ['totals', 'd', 'p']

export class CellBook {
  readonly #store: CellStore
  readonly #place: BookPlace
  readonly #pace: BookPace
  readonly #minutesFrom: number
  readonly #sites = new Map<string, SiteCells>()
  /** What deltas add up to, by the cell of their hour. */
  readonly #sums = new Map<OpenCell, DeltaSum>()
  /** Cells that the record at hand changes. */
  #touched: OpenCell[] = []
  /** Cells with sums that are not put into their items yet. */
  readonly #unsettled = new Set<OpenCell>()
  /** Starts of the days that were told of since the last `flushAll`, by site. */
  readonly #unrevised = new Map<string, Set<number>>()
  /** Since it was last seen to that there is not too much to keep. */
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
    this.#minutesFrom = store.minutesFrom ?? Number.NEGATIVE_INFINITY
  }

  /** Notes a change, under the sequence number of the record it comes from. */
  add(sequence: SequenceNumber, delta: Delta): void {
    const { at, received, outsideTotals } = delta
    this.#arrivedAt = Math.max(this.#arrivedAt, received)
    const cells = this.#cellsOf(delta.site)
    const hour = this.#hourOf(cells, delta)
    hour.add(delta)
    this.#note(hour.hour, sequence)
    this.#note(hour.day, sequence)
    if (!outsideTotals && at >= received - minuteRetentionMs && at >= this.#minutesFrom) {
      const minute = this.#minuteOf(cells, delta)
      minute.sum.addToTotals(delta)
      this.#note(minute, sequence)
    }
    this.#deltas += 1
  }

  /**
   * To be called after each record that changed something: what is new is loaded, and gets its place, before the next
   * one comes. After a rejection, here and below, the book is to be thrown away.
   */
  async endRecord(): Promise<void> {
    const touched = this.#touched
    if (touched.length === 0) return
    this.#touched = []
    const opening = touched.filter((cell) => cell.isOpening)
    if (opening.length > 0) await inParallel(opening, (cell) => cell.open())
    const isMuch = this.#deltas >= maxDeltas
    if (!isMuch && !touched.some((cell) => cell.isAhead)) return
    this.#settle()
    // Not after every record of a crash's catching up: it looks at every cell there is.
    if (isMuch) await this.#bound()
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

  /** Writes everything, and says which days have changed. */
  async flushAll(): Promise<void> {
    await this.#write(() => everything)
    // Not before all is written, whoever wrote it: a reader would keep what it finds under a revision that stays
    // (docs/decisions/0024-days-have-revisions.md).
    await inParallel(this.#unrevised, ([site, starts]) => this.#store.reviseDays(site, [...starts].map(utcDay)))
    this.#unrevised.clear()
    // An hour that is over gets few more: what is known of its values would only fill the memory.
    this.#forgetSums()
  }

  /** Puts what deltas add up to into the items of cells. */
  #settle(): void {
    // Hours first: they bring to days what belongs there.
    for (const cell of this.#unsettled) this.#sums.get(cell)?.settle()
    for (const cell of this.#unsettled) cell.settle()
    this.#unsettled.clear()
  }

  async #write(due: (cell: OpenCell) => readonly Section[]): Promise<void> {
    await this.endRecord()
    this.#settle()
    await this.#writeDue(due)
    await this.#bound()
  }

  /** Forgets what is too much to keep. */
  async #bound(): Promise<void> {
    this.#deltas = 0
    // What is not written cannot be forgotten.
    if (valuesOf(this.#changed) > maxValues) await this.#writeDue(() => everything)
    this.#forget()
  }

  async #writeDue(due: (cell: OpenCell) => readonly Section[]): Promise<void> {
    await inParallel(this.#changed, async (cell) => {
      const sections = due(cell)
      if (sections.includes('d')) cell.writtenAt = this.#pace.now()
      if (await cell.write(sections)) this.#forgetSums()
      if (cell.isChanged(everything)) return
      this.#changed.delete(cell)
      this.#kept.add(cell)
    })
  }

  #note(cell: OpenCell, sequence: SequenceNumber): void {
    if (cell.changedBy === sequence) return
    cell.changedBy = sequence
    this.#touched.push(cell)
    this.#unsettled.add(cell)
    if (cell.key.granularity === 'day') this.#noteDay(cell.key)
    this.#changed.add(cell)
    this.#kept.delete(cell)
  }

  /** Whether an item holds it already or not: who wrote it may have failed before its day was revised. */
  #noteDay({ site, start }: CellKey): void {
    const starts = this.#unrevised.get(site)
    if (starts) starts.add(start)
    else this.#unrevised.set(site, new Set([start]))
  }

  #cellsOf(site: string): SiteCells {
    let cells = this.#sites.get(site)
    if (!cells) {
      cells = {
        minute: new Map(),
        hour: new Map(),
        day: new Map(),
        minuteAtHand: undefined,
        hourAtHand: undefined,
      }
      this.#sites.set(site, cells)
    }
    return cells
  }

  #minuteOf(cells: SiteCells, delta: Delta): OpenCell {
    const atHand = cells.minuteAtHand
    if (atHand && holds(atHand, delta)) return atHand
    cells.minuteAtHand = this.#cellOf(cells, 'minute', delta)
    return cells.minuteAtHand
  }

  #hourOf(cells: SiteCells, delta: Delta): DeltaSum {
    const atHand = cells.hourAtHand
    if (atHand && holds(atHand.hour, delta)) return atHand
    const hour = this.#cellOf(cells, 'hour', delta)
    let sum = this.#sums.get(hour)
    if (!sum) {
      sum = new DeltaSum(hour, this.#cellOf(cells, 'day', delta))
      this.#sums.set(hour, sum)
    }
    cells.hourAtHand = sum
    return sum
  }

  #cellOf(cells: SiteCells, granularity: Granularity, { site, at, segment }: Delta): OpenCell {
    const start = bucketStart(granularity, at)
    const place = placeOf(start, segment.name)
    let cell = cells[granularity].get(place)
    if (!cell) {
      // A time that makes no key is the fault of the record at hand, and shows before anything is written.
      bucketText(granularity, start)
      cell = new OpenCell(this.#store, { site, granularity, start, segment: segment.name, ...this.#place })
      cells[granularity].set(place, cell)
    }
    return cell
  }

  /** Forgets where values have their places. All sums are settled by then. */
  #forgetSums(): void {
    this.#sums.clear()
    for (const cells of this.#sites.values()) cells.hourAtHand = undefined
  }

  #forget(): void {
    let values = valuesOf(this.#kept)
    if (values > maxValues) this.#forgetSums()
    for (const cell of this.#kept) {
      if (values <= maxValues) return
      values -= 1 + cell.values
      this.#kept.delete(cell)
      const { site, granularity, start, segment } = cell.key
      const cells = this.#sites.get(site)
      cells?.[granularity].delete(placeOf(start, segment))
      if (cells?.minuteAtHand === cell) cells.minuteAtHand = undefined
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

function holds({ key }: OpenCell, { at, segment }: Delta): boolean {
  return key.segment === segment.name && at >= key.start && at < key.start + granularityMs[key.granularity]
}
