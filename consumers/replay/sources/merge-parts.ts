/**
 * Objects of one shard as one sequence of records. Each object is in stream order, but those of neighbouring hours
 * overlap where one hour ends, and those that hold late arrivals lie within the stretch of another hour.
 */
import { compareSequence, type SequenceNumber } from '../../../stream/sequence.ts'
import { joinParts, type RecordPart } from './record-parts.ts'

/** Parts of the records of one object in stream order, in batches; opened when its turn has come. */
export type PartSource = { first: SequenceNumber; open(): AsyncGenerator<RecordPart[]> }

/**
 * Memory holds one batch for each object whose stretch of the stream is being read: one, and one more for each hour
 * that had late arrivals.
 *
 * @param sources by their first sequence number
 */
export async function* mergeParts(sources: readonly PartSource[]): AsyncGenerator<RecordPart[]> {
  const waiting = [...sources]
  const open: Cursor[] = []
  while (true) {
    open.sort((a, b) => compareSequence(a.sequence, b.sequence))
    const [next] = waiting
    if (next && (!open[0] || compareSequence(next.first, open[0].sequence) <= 0)) {
      waiting.shift()
      const cursor = new Cursor(wholeParts(next.open()))
      if (await cursor.refill()) open.push(cursor)
      continue
    }
    const [cursor, other] = open
    if (!cursor) return
    if (other && other.sequence === cursor.sequence) {
      // Their record stays with the first: a third object may hold a part of it too.
      cursor.join(other.take())
      if (!(await other.refill())) open.splice(1, 1)
      continue
    }
    yield cursor.takeBefore(smaller(other?.sequence, next?.first))
    if (!(await cursor.refill())) open.shift()
  }
}

function smaller(a: SequenceNumber | undefined, b: SequenceNumber | undefined): SequenceNumber | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareSequence(a, b) < 0 ? a : b
}

/** What ends one batch may go on in the next. */
async function* wholeParts(batches: AsyncGenerator<RecordPart[]>): AsyncGenerator<RecordPart[]> {
  let held: RecordPart | undefined
  for await (const batch of batches) {
    const [first] = batch
    if (!first) continue
    if (held?.record.sequenceNumber === first.record.sequenceNumber) batch[0] = joinParts(held, first)
    else if (held) batch.unshift(held)
    held = batch.pop()
    if (batch.length > 0) yield batch
  }
  if (held) yield [held]
}

/** A place in an object's parts. */
class Cursor {
  readonly #batches: AsyncGenerator<RecordPart[]>
  #parts: RecordPart[] = []
  #at = 0

  constructor(batches: AsyncGenerator<RecordPart[]>) {
    this.#batches = batches
  }

  get #head(): RecordPart {
    return this.#parts[this.#at] as RecordPart
  }

  get sequence(): SequenceNumber {
    return this.#head.record.sequenceNumber
  }

  take(): RecordPart {
    const head = this.#head
    this.#at++
    return head
  }

  join(part: RecordPart): void {
    this.#parts[this.#at] = joinParts(this.#head, part)
  }

  /** The head, and what follows it before a sequence number. */
  takeBefore(end: SequenceNumber | undefined): RecordPart[] {
    const start = this.#at
    do this.#at++
    while (this.#at < this.#parts.length && (end === undefined || compareSequence(this.sequence, end) < 0))
    return this.#parts.slice(start, this.#at)
  }

  /** @returns whether there is a head */
  async refill(): Promise<boolean> {
    while (this.#at >= this.#parts.length) {
      const { value, done } = await this.#batches.next()
      if (done) return false
      this.#parts = value
      this.#at = 0
    }
    return true
  }
}
