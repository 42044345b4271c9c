/**
 * Sums of many values, side by side in blocks of memory of their own: a row is 64 bytes, which is what a processor
 * fetches at once, where an object with these numbers lies in three such lines, and the garbage collector moves it twice.
 *
 *     bytes 0 .. 35    nine counts, at most one a delta each
 *           36         whether the row is touched
 *           40         its latest visitor: 1 and the place in the list of visitors
 *           48, 56     visitMs, engagedMs
 */
import type { Counts, Figures } from './shapes/cell.ts'

const intsPerRow = 16
const touchedAt = 9
const visitorAt = 10
const doublesPerRow = 8
const visitMsAt = 6
const engagedMsAt = 7

export class SumRows {
  #ints = new Int32Array(8 * intsPerRow)
  #doubles = new Float64Array(this.#ints.buffer)
  #length = 0
  /** Rows that are not all zeros, in the order in which they came to be so. */
  touched: number[] = []
  /** Of each the visitor, and 1 and the place of the row's visitor before it: two numbers. */
  #visitors = new Int32Array(64)
  #visitorsEnd = 0

  /** @returns the number of a new row of zeros */
  push(): number {
    if ((this.#length + 1) * intsPerRow > this.#ints.length) {
      this.#ints = twiceAsLong(this.#ints)
      this.#doubles = new Float64Array(this.#ints.buffer)
    }
    return this.#length++
  }

  add(row: number, counts: Readonly<Counts>): void {
    this.#touch(row)
    const ints = this.#ints
    const at = row * intsPerRow
    // Written out: this runs some ten times an event.
    ints[at] = (ints[at] as number) + counts.pageviews
    ints[at + 1] = (ints[at + 1] as number) + counts.clicks
    ints[at + 2] = (ints[at + 2] as number) + counts.events
    ints[at + 3] = (ints[at + 3] as number) + counts.visits
    ints[at + 4] = (ints[at + 4] as number) + counts.bounces
    ints[at + 5] = (ints[at + 5] as number) + counts.errors
    ints[at + 6] = (ints[at + 6] as number) + counts.rageClicks
    ints[at + 7] = (ints[at + 7] as number) + counts.late
    ints[at + 8] = (ints[at + 8] as number) + counts.bots
    const doubles = this.#doubles
    const timesAt = row * doublesPerRow
    doubles[timesAt + visitMsAt] = (doubles[timesAt + visitMsAt] as number) + counts.visitMs
    doubles[timesAt + engagedMsAt] = (doubles[timesAt + engagedMsAt] as number) + counts.engagedMs
  }

  addVisitor(row: number, visitor: number): void {
    this.#touch(row)
    const end = this.#visitorsEnd
    if (end === this.#visitors.length) this.#visitors = twiceAsLong(this.#visitors)
    const at = row * intsPerRow + visitorAt
    this.#visitors[end] = visitor
    this.#visitors[end + 1] = this.#ints[at] as number
    this.#visitorsEnd = end + 2
    this.#ints[at] = end + 1
  }

  /** Adds the counts of a row to others. */
  addCountsTo(counts: Counts, row: number): void {
    const ints = this.#ints
    const at = row * intsPerRow
    counts.pageviews += ints[at] as number
    counts.clicks += ints[at + 1] as number
    counts.events += ints[at + 2] as number
    counts.visits += ints[at + 3] as number
    counts.bounces += ints[at + 4] as number
    counts.errors += ints[at + 5] as number
    counts.rageClicks += ints[at + 6] as number
    counts.late += ints[at + 7] as number
    counts.bots += ints[at + 8] as number
    counts.visitMs += this.#doubles[row * doublesPerRow + visitMsAt] as number
    counts.engagedMs += this.#doubles[row * doublesPerRow + engagedMsAt] as number
  }

  /** Adds a row to figures, its visitors among it. */
  addTo(figures: Figures, row: number): void {
    this.addCountsTo(figures, row)
    for (let place = this.latestVisitor(row); place > 0; place = this.visitorBefore(place))
      figures.visitors.add(this.visitorAt(place))
  }

  /** @returns for `visitorAt` and `visitorBefore`; 0 when there is none */
  latestVisitor(row: number): number {
    return this.#ints[row * intsPerRow + visitorAt] as number
  }

  visitorBefore(place: number): number {
    return this.#visitors[place] as number
  }

  visitorAt(place: number): number {
    return this.#visitors[place - 1] as number
  }

  /** Sets all rows back to zeros. */
  clear(): void {
    const doubles = this.#doubles
    // As numbers of eight bytes: half as many.
    for (const row of this.touched)
      for (let at = row * doublesPerRow; at < (row + 1) * doublesPerRow; at++) doubles[at] = 0
    this.touched = []
    this.#visitorsEnd = 0
  }

  #touch(row: number): void {
    const at = row * intsPerRow + touchedAt
    if (this.#ints[at] === 1) return
    this.#ints[at] = 1
    this.touched.push(row)
  }
}

function twiceAsLong(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(numbers.length * 2)
  longer.set(numbers)
  return longer
}
