/**
 * One batch on its way to becoming one Kinesis record: the deliveries of many requests, gathered for a moment
 * and stored, or refused, together (group commit).
 */
import { encodeRecord, type RecordHeader } from '../stream/record.ts'

/** A delivery as JSON text, with what the producer counts. */
export type Entry = { json: string; bytes: number; eventCount: number }

export type StoreResult = { ok: true } | { ok: false; code: 'overloaded' | 'unavailable'; cause?: unknown }

export class Batch {
  readonly #deliveries: string[] = []
  readonly #settle: ((result: StoreResult) => void)[] = []
  readonly #traceId: string
  readonly createdAt: number
  #eventCount = 0
  #bytes = 0
  #record: Buffer | undefined

  constructor(traceId: string, createdAt: number) {
    this.#traceId = traceId
    this.createdAt = createdAt
  }

  /** Bytes of the deliveries before compression. */
  get bytes(): number {
    return this.#bytes
  }

  /** Resolves when the batch is durable, or is given up. */
  add(entry: Entry): Promise<StoreResult> {
    this.#deliveries.push(entry.json)
    this.#bytes += entry.bytes
    this.#eventCount += entry.eventCount
    return new Promise((resolve) => this.#settle.push(resolve))
  }

  /** Fixes the batch under its place in the lane. A retry sends these very bytes, so a second copy can be told. */
  seal(producerId: string, producerSequence: number): void {
    const header: RecordHeader = {
      producerId,
      producerSequence,
      traceId: this.#traceId,
      createdAt: this.createdAt,
      eventCount: this.#eventCount,
    }
    this.#record = encodeRecord(header, this.#deliveries)
    this.#deliveries.length = 0
  }

  /** The bytes of the Kinesis record; the batch must be sealed. */
  get record(): Buffer {
    if (!this.#record) throw new Error('a batch is sealed before it is sent')
    return this.#record
  }

  settle(result: StoreResult): void {
    for (const resolve of this.#settle.splice(0)) resolve(result)
  }
}
