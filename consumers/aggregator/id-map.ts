/**
 * A map by ids of 16 hex digits: visitors, page loads, producers. An id is kept as the two numbers that it says, side
 * by side in one table, and found with one look into memory; a Map of texts takes four, and keeps the texts. Names of
 * another kind, which imports may bring, are kept in such a Map.
 */
import { randomInt } from 'node:crypto'

/** Of each UTF-16 code unit; -1 for what is no digit. Capital letters would make another name, and the same number. */
const digits = new Int8Array(2 ** 16).fill(-1)
for (const [digit, letter] of [...'0123456789abcdef'].entries()) digits[letter.charCodeAt(0)] = digit

/**
 * Multiply-shift hashing (Dietzfelbinger et al., "A reliable randomized algorithm for the closest-pair problem", 1997):
 * pages choose their ids, and could choose such as fall on one place if they knew these odd numbers. What a map holds
 * does not depend on them.
 */
const [highFactor, lowFactor] = [randomInt(2 ** 31), randomInt(2 ** 31)].map((number) => 2 * number + 1) as [
  number,
  number,
]

const leastBits = 3
const noRow = -1

export class IdMap<Value> {
  /** Two numbers a row, open addressing, at most half of the rows taken; zeros are a row that is free. */
  #ids = new Int32Array(2 << leastBits)
  #values: (Value | undefined)[] = new Array(1 << leastBits)
  #bits = leastBits
  #taken = 0
  /** The id that was looked for last, and where it belongs: what is not found is mostly put there next. */
  #lastName = ''
  #lastRow = noRow
  #high = 0
  #low = 0
  /** By names that are no ids, and the id of zeros. */
  readonly #others = new Map<string, Value>()

  get size(): number {
    return this.#taken + this.#others.size
  }

  get(name: string): Value | undefined {
    const row = this.#rowOf(name)
    return row === noRow ? this.#others.get(name) : this.#values[row]
  }

  set(name: string, value: Value): void {
    const row = this.#rowOf(name)
    if (row === noRow) this.#others.set(name, value)
    else if (this.#isTaken(row)) this.#values[row] = value
    else this.#take(row, this.#high, this.#low, value)
  }

  /** @returns whether it was there */
  delete(name: string): boolean {
    const row = this.#rowOf(name)
    if (row === noRow) return this.#others.delete(name)
    if (!this.#isTaken(row)) return false
    this.#free(row)
    return true
  }

  *[Symbol.iterator](): Generator<[name: string, value: Value]> {
    const id = Buffer.alloc(8)
    for (let row = 0; row < this.#values.length; row++) {
      if (!this.#isTaken(row)) continue
      id.writeInt32BE(this.#ids[2 * row] as number, 0)
      id.writeInt32BE(this.#ids[2 * row + 1] as number, 4)
      yield [id.toString('hex'), this.#values[row] as Value]
    }
    yield* this.#others
  }

  /** @returns where the id is, or the free row where it belongs; `noRow` when the name is none */
  #rowOf(name: string): number {
    if (name === this.#lastName) return this.#lastRow
    if (name.length !== 16) return noRow
    let [high, low, all] = [0, 0, 0]
    for (let i = 0; i < 8; i++) {
      const digit = digits[name.charCodeAt(i)] as number
      const lowDigit = digits[name.charCodeAt(i + 8)] as number
      high = (high << 4) | digit
      low = (low << 4) | lowDigit
      all |= digit | lowDigit
    }
    if (all <= 0) return noRow
    this.#high = high
    this.#low = low
    this.#lastName = name
    this.#lastRow = this.#find(high, low)
    return this.#lastRow
  }

  #find(high: number, low: number): number {
    const ids = this.#ids
    const mask = this.#values.length - 1
    let row = this.#home(high, low)
    while ((ids[2 * row] !== high || ids[2 * row + 1] !== low) && this.#isTaken(row)) row = (row + 1) & mask
    return row
  }

  /** Rows change their places. */
  #forgetLast(): void {
    this.#lastName = ''
    this.#lastRow = noRow
  }

  /** The row that an id has while no other has it. */
  #home(high: number, low: number): number {
    return (Math.imul(high, highFactor) + Math.imul(low, lowFactor)) >>> (32 - this.#bits)
  }

  #isTaken(row: number): boolean {
    return this.#ids[2 * row] !== 0 || this.#ids[2 * row + 1] !== 0
  }

  #take(row: number, high: number, low: number, value: Value): void {
    this.#put(row, high, low, value)
    this.#taken += 1
    if (2 * this.#taken > this.#values.length) this.#grow()
  }

  #put(row: number, high: number, low: number, value: Value | undefined): void {
    this.#ids[2 * row] = high
    this.#ids[2 * row + 1] = low
    this.#values[row] = value
  }

  #grow(): void {
    this.#forgetLast()
    const [ids, values] = [this.#ids, this.#values]
    this.#bits += 1
    this.#ids = new Int32Array(2 << this.#bits)
    this.#values = new Array(1 << this.#bits)
    for (let row = 0; row < values.length; row++) {
      const [high, low] = [ids[2 * row] as number, ids[2 * row + 1] as number]
      if (high !== 0 || low !== 0) this.#put(this.#find(high, low), high, low, values[row])
    }
  }

  /** What follows moves up as far as it may: a free row ends the search. */
  #free(row: number): void {
    this.#forgetLast()
    const mask = this.#values.length - 1
    let gap = row
    for (let next = (gap + 1) & mask; this.#isTaken(next); next = (next + 1) & mask) {
      const [high, low] = [this.#ids[2 * next] as number, this.#ids[2 * next + 1] as number]
      if (((next - this.#home(high, low)) & mask) < ((next - gap) & mask)) continue
      this.#put(gap, high, low, this.#values[next])
      gap = next
    }
    this.#put(gap, 0, 0, undefined)
    this.#taken -= 1
  }
}
