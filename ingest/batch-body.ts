/**
 * Deliveries written behind one another, as the JSON array that a record is compressed from. A lane has one batch open
 * at a time and uses the same memory for all of them: as garbage, a buffer a batch cost more than filling it.
 */
import type { Entry } from './deliveries.ts'

const openingBracket = 0x5b
const closingBracket = 0x5d
const closingBrace = 0x7d
const comma = 0x2c
/** What a few requests take. It doubles as needed, up to a batch (RETRACE_MAX_BATCH_BYTES) and a delivery on top. */
const initialBytes = 16 * 1024
/** What is written around a delivery and its events: comma, `]}`, and the closing bracket of the array. */
const punctuationBytes = 4

export class BatchBody {
  #buffer = Buffer.allocUnsafeSlow(initialBytes)
  #length = 0

  append({ opening, events, bytes }: Entry): void {
    const needed = this.#length + bytes + punctuationBytes
    if (needed > this.#buffer.length) this.#grow(needed)
    const buffer = this.#buffer
    let at = this.#length
    buffer[at] = at === 0 ? openingBracket : comma
    at += 1
    at += buffer.write(opening, at)
    buffer.set(events, at)
    at += events.length
    buffer[at] = closingBracket
    buffer[at + 1] = closingBrace
    this.#length = at + 2
  }

  /** @returns the whole array, to be read before the next `append` */
  close(): Buffer {
    this.#buffer[this.#length] = closingBracket
    const all = this.#buffer.subarray(0, this.#length + 1)
    this.#length = 0
    return all
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length))
    this.#buffer.copy(larger, 0, 0, this.#length)
    this.#buffer = larger
  }
}
