/**
 * Runs a consumer over all shards of the stream on one machine, with the semantics of a Lambda event source: records
 * of a shard in order, parents before children, a batch closes by size or window, what fails is tried again.
 *
 *     waiting for parents ──▶ open ──▶ read ⇄ handle ──shard closed──▶ end
 *                              ▲          │
 *                              └──back-off┘ any failure
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Shard } from '../../stream/shard-map.ts'
import type { Consumer, ShardConsumer, StreamRecord } from './consumer.ts'
import type { RunObserver } from './observer.ts'
import type { ShardReader } from './shard-reader.ts'

/** The pace of one consumer; all who poll a shard share its five reads a second. */
export type Pace = {
  /** Time between two reads of a shard when there is nothing more to read. */
  pollMs: number
  /** How long records are gathered for one batch, from the first one on. */
  windowMs: number
  /** Records at which a batch does not wait any longer. */
  batchRecords: number
  /** Time between two saves of the position. */
  saveIntervalMs: number
}

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

export class Runner {
  readonly #options: RunnerOptions
  readonly #stop = new AbortController()
  readonly #running = new Map<string, Promise<void>>()
  readonly #ended = new Set<string>()
  #wake: () => void = () => {}

  constructor(options: RunnerOptions) {
    this.#options = options
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
  }

  async #runShard(shard: Shard): Promise<void> {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      try {
        await this.#consume(shard, () => {
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

  async #consume(shard: Shard, onProgress: () => void): Promise<void> {
    const { consumer, reader, pace, now, observer } = this.#options
    const open = await consumer.open(shard)
    observer?.opened(shard.shardId, open.position)
    const cursor = reader.open(shard.shardId, open.position)
    let batch: StreamRecord[] = []
    let firstAt = 0
    let savedAt = now()

    while (true) {
      const { records, ended, millisBehind } = await cursor.read(pace.batchRecords)
      observer?.read(shard.shardId, records, millisBehind)
      if (batch.length === 0) firstAt = now()
      batch = batch.length === 0 ? records : [...batch, ...records]
      const stopping = this.#stop.signal.aborted
      const due = batch.length >= pace.batchRecords || now() - firstAt >= pace.windowMs || ended || stopping
      if (batch.length > 0 && due) {
        await open.handle(batch)
        observer?.handled(shard.shardId, batch)
        batch = []
        onProgress()
      }
      const caughtUp = records.length === 0 && millisBehind === 0
      if (caughtUp && batch.length === 0) await open.caughtUp(now())
      if (ended) return this.#end(shard, open)
      if (stopping) return open.save()
      if (now() - savedAt >= pace.saveIntervalMs) {
        await open.save()
        savedAt = now()
      }
      if (records.length < pace.batchRecords) await this.#pause(pace.pollMs)
    }
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
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {})
  }
}
