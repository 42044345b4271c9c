/**
 * The shards that one instance of a Lambda function works on. State stays in memory between invocations, and is used
 * only while the checkpoint says that nobody else has gone on meanwhile. It is saved now and then; between saves the
 * checkpoint notes how far the shard was handled, and whoever opens it next reads that far again
 * (docs/decisions/0012-lambda-saves-seldom.md).
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import { type CatchUpClock, catchUp } from './catch-up.ts'
import type { Consumer, ShardConsumer, StreamRecord } from './consumer.ts'
import { isStoreFault } from './faults.ts'
import { Isolator, usualIsolation } from './isolation.ts'
import type { ShardReader } from './shard-reader.ts'

export type LambdaShardsOptions = CatchUpClock & {
  consumer: Consumer
  reader: ShardReader
  /** Time between two saves of a shard; 0: with every batch. */
  saveIntervalMs: number
  onFault: (shardId: string, error: unknown) => void
}

/** A shard as it was left, and when its next save is due. */
type OpenShard = { open: ShardConsumer; saveAt: number }

const atOnce = 0

/** Whatever a method throws: the shard is opened again at its last save next time, as after a crash. */
export class LambdaShards {
  readonly #options: LambdaShardsOptions
  readonly #warm = new Map<string, OpenShard>()
  readonly #isolators = new Map<string, Isolator>()

  constructor(options: LambdaShardsOptions) {
    this.#options = options
  }

  /** Handles the next records of a shard; when it resolves, their effects are durable or noted as still owed. */
  async handle(shardId: string, records: readonly StreamRecord[]): Promise<void> {
    const { now } = this.#options
    const first = records[0]?.sequenceNumber
    const isolator = this.#isolatorOf(shardId)
    const { open, saveAt } = await this.#take(shardId, first)
    const { position } = open
    try {
      await open.handle(records)
    } catch (error) {
      if (isStoreFault(error)) throw error
      return this.#isolate(shardId, records)
    }
    // Records that lie behind, brought again, prove nothing.
    if (open.position !== position) isolator.wentWell()
    if (now() >= saveAt) return this.#save(shardId, open)
    await open.note(now())
    this.#warm.set(shardId, { open, saveAt })
  }

  /** Saves a shard at what it was noted to be handled to, with everything that waits to be written. */
  async settle(shardId: string): Promise<void> {
    const wasWarm = this.#warm.has(shardId)
    const { open } = await this.#take(shardId)
    await this.#save(shardId, open)
    // A state that no batch came for is not worth its memory.
    if (!wasWarm) this.#warm.delete(shardId)
  }

  async #isolate(shardId: string, records: readonly StreamRecord[]): Promise<void> {
    // What isolation throws away must be no more than these records: everything before them is saved first.
    const { open } = await this.#take(shardId, records[0]?.sequenceNumber)
    await open.save()
    await this.#save(shardId, await this.#isolatorOf(shardId).handle(open, records))
  }

  async #save(shardId: string, open: ShardConsumer): Promise<void> {
    const { now, saveIntervalMs } = this.#options
    await open.save()
    this.#warm.set(shardId, { open, saveAt: now() + saveIntervalMs })
  }

  /** A shard with everything in its state that was handled and comes before a record. It counts as cold until it is put back. */
  async #take(shardId: string, before?: SequenceNumber): Promise<OpenShard> {
    const { reader, now, saveIntervalMs } = this.#options
    const warm = this.#warm.get(shardId)
    this.#warm.delete(shardId)
    const isUsed = warm !== undefined && (await warm.open.isCurrent())
    const { open, saveAt } = isUsed ? warm : { open: await this.#open(shardId), saveAt: now() + saveIntervalMs }
    const { position } = open
    if (open.noted !== undefined) await catchUp(open, reader.open(shardId, position), before, this.#options)
    // A shard's first save keeps what its parents left to it. And what was read again is not read a third time: instances
    // that take turns would otherwise never come to save.
    const isDue = position === undefined || open.position !== position
    return { open, saveAt: isDue ? atOnce : saveAt }
  }

  async #open(shardId: string): Promise<ShardConsumer> {
    const { consumer, reader } = this.#options
    const shards = await reader.listShards()
    const shard = shards.find((candidate) => candidate.shardId === shardId)
    if (!shard) throw new Error(`the stream has no shard ${shardId}`)
    const open = await consumer.open(shard)
    const parents = shards.filter((candidate) => shard.parents.includes(candidate.shardId))
    if (open.position !== undefined || parents.length === 0) return open
    // Begun with what its parents had saved. Lambda is through with them, and their last records may only be noted.
    for (const parent of parents) await this.settle(parent.shardId)
    return consumer.open(shard)
  }

  #isolatorOf(shardId: string): Isolator {
    const known = this.#isolators.get(shardId)
    if (known) return known
    const { pause, onFault } = this.#options
    const isolator = new Isolator({
      policy: usualIsolation,
      reopen: () => this.#open(shardId),
      pause,
      onFault: (error) => onFault(shardId, error),
    })
    this.#isolators.set(shardId, isolator)
    return isolator
  }
}
