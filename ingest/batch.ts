/**
 * One batch on its way to becoming one Kinesis record: the deliveries of many requests, gathered for a moment
 * and stored, or refused, together (group commit).
 */
import { randomBytes } from 'node:crypto'
import { encodeRecord } from '../stream/record.ts'
import type { BatchBody } from './batch-body.ts'
import type { Entry } from './deliveries.ts'

export type StoreResult =
  | { ok: true; traceId: string }
  | { ok: false; code: 'overloaded' | 'unavailable'; cause?: unknown }
/** Is told what became of a delivery, once. A callback and no promise: each request has one, and waits with it. */
export type Settle = (result: StoreResult) => void

export class Batch {
  readonly #body: BatchBody
  readonly #settle: Settle[] = []
  /** 32 hex digits (W3C trace context): in the record's header and in the answers to its requests. */
  readonly traceId = randomBytes(16).toString('hex')
  readonly createdAt: number
  /** Why it was not taken, the last time. */
  lastRefusal: unknown
  #sequence = -1
  #eventCount = 0
  #bytes = 0
  #record: Buffer | undefined
  #settled = false

  /** @param body belongs to the batch until it is sealed */
  constructor(createdAt: number, body: BatchBody) {
    this.createdAt = createdAt
    this.#body = body
  }

  /** Bytes of the deliveries before compression. */
  get bytes(): number {
    return this.#bytes
  }

  get eventCount(): number {
    return this.#eventCount
  }

  get sequence(): number {
    return this.#sequence
  }

  /** @param settle told when the batch is durable, or given up */
  add(entry: Entry, settle: Settle): void {
    this.#body.append(entry)
    this.#bytes += entry.bytes
    this.#eventCount += entry.eventCount
    this.#settle.push(settle)
  }

  /** Fixes the batch under its place in the lane. A retry sends these very bytes, so a second copy can be told. */
  seal(producerId: string, producerSequence: number): void {
    const { traceId, createdAt } = this
    this.#sequence = producerSequence
    this.#record = encodeRecord(
      { producerId, producerSequence, traceId, createdAt, eventCount: this.#eventCount },
      this.#body.close(),
    )
  }

  /** The bytes of the Kinesis record; the batch must be sealed. */
  get record(): Buffer {
    if (!this.#record) throw new Error('a batch is sealed before it is sent')
    return this.#record
  }

  /** Whether its requests have their answer. */
  get settled(): boolean {
    return this.#settled
  }

  /** @param onFault told of each that fails to take its answer, which keeps no other from its own */
  settle(result: StoreResult, onFault: (message: string, cause: unknown) => void): void {
    this.#settled = true
    for (const settle of this.#settle.splice(0)) {
      try {
        settle(result)
      } catch (cause) {
        onFault('a request could not be told what became of its events', cause)
      }
    }
  }
}
