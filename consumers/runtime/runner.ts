/**
 * Runs a consumer over all shards of the stream on one machine, with the semantics of a Lambda event source: records
 * of a shard in order, parents before children, a batch closes by size or window, what fails is tried again.
 *
 *     waiting for parents ──▶ open ──▶ read ⇄ handle ──shard closed──▶ end
 *                              ▲          │
 *                              └──back-off┘ any failure
 *
 * After a failure that no store is to blame for, the records up to that batch are isolated (isolation.ts): those that
 * fail alone are passed over, and the shard goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import type { Consumer, ShardConsumer, StreamRecord } from './consumer.ts'
import { isStoreFault } from './faults.ts'
import { type IsolationPolicy, Isolator, usualIsolation } from './isolation.ts'
import type { RunObserver } from './observer.ts'
import type { ShardReader, StartingPosition } from './shard-reader.ts'

/** The pace of one consumer; all who poll a shard share its five reads a second. */
export type Pace = {
  /** Time between two reads of a shard when there is nothing more to read. */
  pollMs: number
  /** How long records are gathered for one batch, from the first one on. */
  windowMs: number
  /** Records at which a batch does not wait any longer. */
  batchRecords: number
  /** Time between two saves of the position; while there is nothing to read it is 5 s at most. */
  saveIntervalMs: number
  /** Least time between two reads of a shard, also when there is more to read. */
  readIntervalMs?: number
  /** What is done about records that the consumer fails on. */
  isolation?: IsolationPolicy
  /** Older records go to the quarantine unread; undefined: none is too old. */
  maxRecordAgeMs?: number
  /**
   * Where a shard that nobody has read yet is begun; with the oldest record (TRIM_HORIZON) by default. Shards that are
   * made later are always read whole. As in Lambda, what comes before the first save of LATEST may be missed.
   */
  startingPosition?: StartingPosition
}

/** Kinesis answers five reads a second and shard: GetRecords, Kinesis API reference. */
const usualReadIntervalMs = 200
/** With nothing left to do, the place is saved sooner: whoever asks how far a consumer has come asks for that. */
const caughtUpSaveMs = 5000

export type RunnerOptions = {
  consumer: Consumer
  reader: ShardReader
  pace: Pace
  /** Wait after a failure, doubling from the first figure up to the second. */
  retryMs?: { first: number; most: number }
  now: () => number
  onFault: (shardId: string, error: unknown) => void
  observer?: RunObserver
}

/** How soon new shards are noticed while none has ended. */
const shardListIntervalMs = 10_000
const usualRetryMs = { first: 200, most: 10_000 }

/** What is known of a shard beyond one opening of it. */
type ShardRun = {
  shard: Shard
  from: StartingPosition
  isolator: Isolator
  /** The consumer failed on a batch that ends here: up to it, records are isolated. */
  suspectThrough: SequenceNumber | undefined
}

export class Runner {
  readonly #options: RunnerOptions
  readonly #stop = new AbortController()
  readonly #running = new Map<string, Promise<void>>()
  readonly #ended = new Set<string>()
  #wake: () => void = () => {}
  #from: StartingPosition

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#from = options.pace.startingPosition ?? 'TRIM_HORIZON'
  }

  /** Consumes until `stop`; resolves when everything begun is finished and saved. */
  async run(): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        this.#startShards(await this.#options.reader.listShards())
        failures = 0
      } catch (error) {
        this.#options.onFault('shard list', error)
        failures++
      }
      const shardEnded = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await Promise.race([shardEnded, this.#pause(failures > 0 ? this.#retryDelay(failures) : shardListIntervalMs)])
    }
    await Promise.all(this.#running.values())
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Starts every shard whose parents are through; one that left the list lies beyond retention. */
  #startShards(shards: readonly Shard[]): void {
    const listed = new Set(shards.map((shard) => shard.shardId))
    for (const shard of shards) {
      if (this.#running.has(shard.shardId) || this.#ended.has(shard.shardId)) continue
      if (shard.parents.some((parent) => listed.has(parent) && !this.#ended.has(parent))) continue
      const running = this.#runShard(shard).finally(() => {
        this.#running.delete(shard.shardId)
        this.#wake()
      })
      this.#running.set(shard.shardId, running)
    }
    // What is listed later was made later, and children go on where their parents ended.
    this.#from = 'TRIM_HORIZON'
  }

  async #runShard(shard: Shard): Promise<void> {
    const { consumer, pace, onFault } = this.#options
    const isolator = new Isolator({
      policy: pace.isolation ?? usualIsolation,
      reopen: () => consumer.open(shard),
      pause: (ms) => this.#pause(ms),
      onFault: (error) => onFault(shard.shardId, error),
    })
    const run: ShardRun = { shard, from: this.#from, isolator, suspectThrough: undefined }
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        await this.#consume(run, () => {
          failures = 0
        })
        return
      } catch (error) {
        failures++
        this.#options.onFault(shard.shardId, error)
        await this.#pause(this.#retryDelay(failures))
      }
    }
  }

  async #consume(run: ShardRun, onProgress: () => void): Promise<void> {
    const { consumer, reader, pace, now, observer } = this.#options
    const { shard } = run
    let open = await consumer.open(shard)
    observer?.opened(shard.shardId, open.position)
    const cursor = reader.open(shard.shardId, open.position, run.from)
    let batch: StreamRecord[] = []
    let firstAt = 0
    let savedAt = now()

    while (true) {
      const readAt = now()
      const { records, ended, millisBehind } = await cursor.read(pace.batchRecords)
      observer?.read(shard.shardId, records, millisBehind)
      if (batch.length === 0) firstAt = now()
      batch = batch.length === 0 ? records : [...batch, ...records]
      const stopping = this.#stop.signal.aborted
      const due = batch.length >= pace.batchRecords || now() - firstAt >= pace.windowMs || ended || stopping
      if (batch.length > 0 && due) {
        const begunAt = now()
        open = await this.#handle(run, open, batch)
        observer?.handled(shard.shardId, batch, begunAt)
        batch = []
        onProgress()
      }
      const caughtUp = records.length === 0 && millisBehind === 0 && batch.length === 0
      if (caughtUp) await open.caughtUp(now())
      if (ended) return this.#end(shard, open)
      if (stopping) return open.save()
      if (now() - savedAt >= (caughtUp ? Math.min(caughtUpSaveMs, pace.saveIntervalMs) : pace.saveIntervalMs)) {
        await open.save()
        savedAt = now()
      }
      const least = pace.readIntervalMs ?? usualReadIntervalMs
      const interval = records.length < pace.batchRecords ? Math.max(pace.pollMs, least) : least
      await this.#pause(interval - (now() - readAt))
    }
  }

  /** @returns the ShardConsumer to go on with */
  async #handle(run: ShardRun, opened: ShardConsumer, batch: readonly StreamRecord[]): Promise<ShardConsumer> {
    const records = await this.#passOverOld(opened, batch)
    const [first] = records
    const last = records.at(-1)
    if (!first || !last) return opened
    // The shard was opened again at its last save, and saved after every batch since.
    if (run.suspectThrough !== undefined && !isAfter(first.sequenceNumber, run.suspectThrough))
      return run.isolator.handle(opened, records)
    try {
      await opened.handle(records)
    } catch (error) {
      if (!isStoreFault(error)) run.suspectThrough = last.sequenceNumber
      throw error
    }
    return opened
  }

  /** @returns the records that are young enough to be handled */
  async #passOverOld(open: ShardConsumer, batch: readonly StreamRecord[]): Promise<readonly StreamRecord[]> {
    const { pace, now } = this.#options
    const { maxRecordAgeMs } = pace
    if (maxRecordAgeMs === undefined) return batch
    const oldest = now() - maxRecordAgeMs
    const firstYoung = batch.findIndex(({ arrivedAt }) => arrivedAt >= oldest)
    const old = firstYoung === -1 ? batch : batch.slice(0, firstYoung)
    const reason = { code: 'too_old', reason: `older than ${maxRecordAgeMs} ms when it was read` }
    for (const record of old) await open.passOver(record, reason)
    if (old.length > 0) await open.save()
    return batch.slice(old.length)
  }

  async #end(shard: Shard, open: ShardConsumer): Promise<void> {
    await open.end()
    this.#options.observer?.ended(shard.shardId)
    this.#ended.add(shard.shardId)
  }

  #retryDelay(failures: number): number {
    const { first, most } = this.#options.retryMs ?? usualRetryMs
    return Math.min(most, first * 2 ** (failures - 1))
  }

  /** Sleeps, or less when the runner is stopped. */
  async #pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {})
  }
}
