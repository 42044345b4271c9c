/**
 * A lane carries batches to one shard, in order, one PutRecords request at a time: a slow or throttled shard
 * holds up its own visitors alone.
 *
 *     add ──▶ open batch ──linger or size──▶ sealed, queued ──▶ in flight ──▶ settled
 *                                                ▲                  │
 *                                                └──────refused─────┘  back-off, until the deadline
 *
 * Each lane is a producer of its own: its batches are numbered from 0 without gaps, and a batch keeps its number
 * however often it is sent.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../stream/limits.ts'
import type { Shard } from '../stream/shard-map.ts'
import { backoffMs } from './backoff.ts'
import { Batch, type Entry, type StoreResult } from './batch.ts'

/** What became of one record of a request; `shardId` is where it is now. */
export type PutOutcome = { stored: true; shardId: string } | { stored: false; cause: unknown }

/** Sends records to the shard that owns `hashKey`; answers for each record, in order, and never throws. */
export type PutRecords = (hashKey: string, partitionKey: string, records: readonly Buffer[]) => Promise<PutOutcome[]>

export type LaneOptions = {
  lingerMs: number
  maxBatchBytes: number
  /** From a batch's first event to giving it up. */
  deadlineMs: number
  putRecords: PutRecords
  /** A record came to rest in another shard than this lane's: the stream was resharded. */
  onResharded: () => void
  now: () => number
}

/** Partition key of every record: the producer's id, for whoever reads the stream by other means. */
const partitionKeyBytes = 16

export class Lane {
  readonly #options: LaneOptions
  readonly #shard: Shard
  readonly #producerId = randomBytes(partitionKeyBytes / 2).toString('hex')
  readonly #queue: Batch[] = []
  #nextSequence = 0
  #open: Batch | undefined
  #linger: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined

  constructor(shard: Shard, options: LaneOptions) {
    this.#shard = shard
    this.#options = options
  }

  get idle(): boolean {
    return !this.#open && !this.#sending
  }

  add(entry: Entry, traceId: string): Promise<StoreResult> {
    if (!this.#open) {
      this.#open = new Batch(traceId, this.#options.now())
      this.#linger = setTimeout(() => this.flush(), this.#options.lingerMs)
    }
    const result = this.#open.add(entry)
    if (this.#open.bytes >= this.#options.maxBatchBytes) this.flush()
    return result
  }

  /** Closes the open batch at once. */
  flush(): void {
    clearTimeout(this.#linger)
    const batch = this.#open
    if (!batch) return
    this.#open = undefined
    batch.seal(this.#producerId, this.#nextSequence++)
    this.#queue.push(batch)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** Resolves when everything added so far is settled. */
  async drain(): Promise<void> {
    this.flush()
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    let attempt = 0
    while (this.#queue.length > 0) {
      const cause = await this.#sendSome()
      attempt = cause === undefined ? 0 : attempt + 1
      this.#giveUpLate(cause)
      if (cause !== undefined && this.#queue.length > 0) await sleep(backoffMs(attempt - 1))
    }
  }

  /** One request with as many queued batches as it may carry; what is refused stays queued, in order. */
  async #sendSome(): Promise<unknown> {
    const sent = this.#nextRequest()
    const outcomes = await this.#options.putRecords(
      this.#shard.startingHashKey,
      this.#producerId,
      sent.map((batch) => batch.record),
    )
    let cause: unknown
    let resharded = false
    const refused: Batch[] = []
    for (const [i, batch] of sent.entries()) {
      const outcome = outcomes[i] ?? { stored: false, cause: new Error('the answer has no entry for this record') }
      if (outcome.stored) {
        if (outcome.shardId !== this.#shard.shardId) resharded = true
        batch.settle({ ok: true })
      } else {
        cause = outcome.cause
        refused.push(batch)
      }
    }
    this.#queue.splice(0, sent.length, ...refused)
    if (resharded) this.#options.onResharded()
    return cause
  }

  #nextRequest(): Batch[] {
    let bytes = 0
    const fitting = this.#queue.findIndex((batch, i) => {
      bytes += batch.record.length + partitionKeyBytes
      return i >= limits.putRecordsCount || bytes > limits.putRecordsBytes
    })
    return fitting === -1 ? [...this.#queue] : this.#queue.slice(0, fitting)
  }

  #giveUpLate(cause: unknown): void {
    const oldest = this.#options.now() - this.#options.deadlineMs
    for (let batch = this.#queue[0]; batch && batch.createdAt <= oldest; batch = this.#queue[0]) {
      this.#queue.shift()
      batch.settle({ ok: false, code: 'unavailable', cause })
    }
  }
}
