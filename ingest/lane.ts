/**
 * A lane carries batches to one shard, in order, one request at a time: a slow or throttled shard holds up
 * its own visitors alone. What Kinesis refuses for too long goes to the overflow (see route-state.ts).
 *
 *     add ──▶ open batch ──linger or size──▶ sealed, queued ──▶ in flight ──▶ settled
 *                                                ▲                  │
 *                                                └──────refused─────┘  back-off, for as long as there is patience
 *
 * Each lane is a producer of its own: its batches are numbered from 0 without gaps, and a batch keeps its number
 * however often it is sent.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Shard } from '../stream/shard-map.ts'
import { backoffMs } from './backoff.ts'
import { Batch, type Settle, type StoreResult } from './batch.ts'
import { BatchBody } from './batch-body.ts'
import type { Entry } from './deliveries.ts'
import type { LaneMetrics } from './metrics.ts'
import type { PutOverflow } from './overflow.ts'
import { fitsRequest, type PutRecords, type RecordToPut, sizeOf } from './put-records.ts'
import { nextRoute, type RouteEvent, type RouteState } from './route-state.ts'

/** What became of a batch. */
export type SettledBatch = {
  /** The shard that it was meant for. */
  shardId: string
  traceId: string
  createdAt: number
  eventCount: number
  /** Before compression. */
  bytes: number
  store: 'kinesis' | 'overflow' | 'none'
}

export type LaneOptions = {
  lingerMs: number
  maxBatchBytes: number
  /** From a batch's first event to sending it to the overflow instead. */
  patienceMs: number
  /**
   * How a lane finds out that a store which refused takes again: by trying it now and then, or, where nothing goes on
   * between requests, by having each request try both.
   */
  probes: 'in the background' | 'with requests'
  /** Sends together with what other lanes send at the moment; for a lane that is not refused. */
  putTogether: PutRecords
  /** Sends alone, so that what a shard refuses holds up no other. */
  putAlone: PutRecords
  putOverflow: PutOverflow
  /** A record came to rest in another shard than this lane's: the stream was resharded. */
  onResharded: () => void
  /** What waits in the lane became more (a delivery was taken) or less (a batch was stored, or refused). */
  onTaken: (bytes: number) => void
  onSettled: (bytes: number, stored: boolean) => void
  /** A batch has its answer; told of each once. */
  onBatch?: ((batch: SettledBatch) => void) | undefined
  metrics: LaneMetrics
  onFault: (message: string, cause: unknown) => void
  now: () => number
}

/** Overflow objects written at the same time: what a lane gathers while one round trip to S3 takes. */
const parallelOverflow = 16
/** An object in S3 costs as much as hundreds of records: in an outage batches wait longer and become fewer. */
const overflowLingerMs = 500
/** How soon a store that came back is noticed. */
const probeMs = 500

export class Lane {
  readonly #options: LaneOptions
  readonly #shard: Shard
  readonly #producerId = randomBytes(8).toString('hex')
  readonly #queue: Batch[] = []
  /** Of the open batch. */
  readonly #body = new BatchBody()
  #state: RouteState = 'kinesis'
  #nextSequence = 0
  #open: Batch | undefined
  #linger: NodeJS.Timeout | undefined
  #isSending = false
  /** The latest sending, for whoever waits for its end. */
  #sending: Promise<void> | undefined
  /** A settled batch, to probe with. */
  #probe: Batch | undefined
  #probing = false

  constructor(shard: Shard, options: LaneOptions) {
    this.#shard = shard
    this.#options = options
  }

  get idle(): boolean {
    return !this.#open && !this.#isSending && !this.#probing
  }

  get state(): RouteState {
    return this.#state
  }

  /** @param settle told when the entry is durable, or given up; at once while both stores are down */
  add(entry: Entry, settle: Settle): void {
    if (this.#state === 'down') {
      settle({ ok: false, code: 'unavailable' })
      return
    }
    if (!this.#open) {
      this.#open = new Batch(this.#options.now(), this.#body)
      this.#linger = setTimeout(() => this.flush(), this.#untilNextClose())
    }
    this.#open.add(entry, settle)
    this.#options.onTaken(entry.bytes)
    if (this.#open.bytes >= this.#options.maxBatchBytes) this.flush()
  }

  /** All lanes close their batches at the same moments, `lingerMs` apart, and share a request to Kinesis. */
  #untilNextClose(): number {
    const { lingerMs, now } = this.#options
    const everyMs = this.#state === 'overflow' ? Math.max(lingerMs, overflowLingerMs) : lingerMs
    return everyMs - (now() % everyMs)
  }

  /** Closes the open batch at once. */
  flush(): void {
    clearTimeout(this.#linger)
    const batch = this.#open
    if (!batch) return
    this.#open = undefined
    batch.seal(this.#producerId, this.#nextSequence++)
    this.#queue.push(batch)
    if (!this.#isSending) this.#sending = this.#sendAll()
  }

  /** Resolves when everything added so far is settled. */
  async drain(): Promise<void> {
    this.flush()
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    let attempt = 0
    try {
      while (this.#queue.length > 0) {
        if (this.#state === 'kinesis') {
          const refused = await this.#sendSome(attempt > 0)
          attempt = refused ? attempt + 1 : 0
          if (refused && this.#isOutOfPatience()) this.#on('kinesis_refused')
          else if (refused) await sleep(backoffMs(attempt - 1))
        } else if (this.#state === 'overflow') {
          await this.#overflowSome()
        } else {
          for (const batch of this.#queue.splice(0)) this.#settleRefused(batch)
        }
      }
    } finally {
      if (this.#options.probes === 'with requests') this.#route('kinesis')
      // In the same breath as seeing the queue empty: a batch that is queued from now on starts the next sending.
      this.#isSending = false
    }
  }

  #isOutOfPatience(): boolean {
    const oldest = this.#queue[0]
    return oldest !== undefined && this.#options.now() - oldest.createdAt >= this.#options.patienceMs
  }

  /** One request with as many queued batches as it may carry; what is refused stays queued, in order. */
  async #sendSome(alone: boolean): Promise<boolean> {
    const sent = this.#nextRequest()
    const refused = await this.#put(sent, alone)
    this.#queue.splice(0, sent.length, ...refused)
    return refused.length > 0
  }

  /** @returns what was refused */
  async #put(batches: readonly Batch[], alone: boolean): Promise<Batch[]> {
    const { putTogether, putAlone, onResharded, metrics } = this.#options
    const outcomes = await (alone ? putAlone : putTogether)(batches.map((batch) => this.#toRecord(batch)))
    const refused: Batch[] = []
    let resharded = false
    for (const [i, batch] of batches.entries()) {
      const outcome = outcomes[i] ?? { stored: false, throttled: false, cause: new Error('no answer for this record') }
      if (outcome.stored) {
        if (outcome.shardId !== this.#shard.shardId) resharded = true
        metrics.stored(batch.record.length, batch.eventCount)
        this.#probe = batch
        this.#settle(batch, { ok: true, traceId: batch.traceId })
      } else {
        metrics.refused(outcome.throttled)
        batch.lastRefusal = outcome.cause
        refused.push(batch)
      }
    }
    if (resharded) onResharded()
    return refused
  }

  #nextRequest(): Batch[] {
    let bytes = 0
    const fitting = this.#queue.findIndex((batch, i) => {
      bytes += sizeOf(this.#toRecord(batch))
      return !fitsRequest(i + 1, bytes)
    })
    return fitting === -1 ? [...this.#queue] : this.#queue.slice(0, fitting)
  }

  /** The partition key is the producer's id, for whoever reads the stream by other means. */
  #toRecord({ record }: Batch): RecordToPut {
    return { hashKey: this.#shard.startingHashKey, partitionKey: this.#producerId, record }
  }

  async #overflowSome(): Promise<void> {
    const batches = this.#queue.splice(0, parallelOverflow)
    await Promise.all(
      batches.map(async (batch) => {
        const { stored, cause } = await this.#overflow(batch)
        if (stored) return this.#settle(batch, { ok: true, traceId: batch.traceId })
        batch.lastRefusal = cause
        this.#on('overflow_refused')
        this.#settleRefused(batch)
      }),
    )
  }

  async #overflow(batch: Batch): Promise<{ stored: boolean; cause?: unknown }> {
    const { putOverflow, metrics } = this.#options
    const { createdAt, sequence, record } = batch
    const hashKey = this.#shard.startingHashKey
    const outcome = await putOverflow({ createdAt, producerId: this.#producerId, sequence, hashKey, record })
    if (outcome.stored) metrics.overflowed(batch.eventCount)
    this.#probe = batch
    return outcome
  }

  #settleRefused(batch: Batch): void {
    this.#probe = batch
    this.#settle(batch, { ok: false, code: 'unavailable', cause: batch.lastRefusal })
  }

  #settle(batch: Batch, result: StoreResult): void {
    // A batch that is sent again as a probe was settled before.
    if (batch.settled) return
    this.#options.onSettled(batch.bytes, result.ok)
    batch.settle(result, this.#options.onFault)
    const { traceId, createdAt, eventCount, bytes } = batch
    const store = result.ok ? (this.#state === 'kinesis' ? 'kinesis' : 'overflow') : 'none'
    this.#options.onBatch?.({ shardId: this.#shard.shardId, traceId, createdAt, eventCount, bytes, store })
  }

  #on(event: RouteEvent): void {
    this.#route(nextRoute(this.#state, event))
    if (this.#state !== 'kinesis' && !this.#probing && this.#options.probes === 'in the background')
      void this.#probeUntilBack()
  }

  #route(next: RouteState): void {
    if (next === this.#state) return
    this.#state = next
    this.#options.metrics.routed(next)
  }

  /** Tries the stores with a batch that nobody waits for, until Kinesis takes it again. */
  async #probeUntilBack(): Promise<void> {
    this.#probing = true
    while (this.#state !== 'kinesis') {
      // Not in step with other lanes and other endpoints.
      await sleep(probeMs * (0.5 + Math.random()), undefined, { ref: false })
      const probe = this.#probe ?? this.#queue[0]
      if (!probe) continue
      if ((await this.#put([probe], true)).length === 0) this.#on('probe_stored')
      else if (this.#state === 'down' && (await this.#overflow(probe)).stored) this.#on('probe_overflowed')
    }
    this.#probing = false
  }
}
