/**
 * A consumer's place in a shard, with its state if it keeps one: found on start, saved as it goes. The state lies in
 * S3 under a key of its own for each save; the checkpoint names the one that counts, so that a half-written or
 * overtaken save is never read.
 */
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import type { Checkpoint, Checkpoints } from './checkpoints.ts'
import { inStore, StoreFault } from './faults.ts'
import type { Objects } from './objects.ts'

/** How a consumer's state becomes JSON and comes back. */
export type StateCodec<State> = {
  empty(): State
  toJson(state: State): unknown
  fromJson(json: unknown): State
  /** The state of a shard that was merged from several; what only one holds is kept as it is. */
  merge(states: State[]): State
}

/** For consumers that need to remember nothing but their place. */
export const stateless: StateCodec<undefined> = {
  empty: () => undefined,
  toJson: () => undefined,
  fromJson: () => undefined,
  merge: () => undefined,
}

export class Progress<State> {
  readonly #deps: ProgressDependencies<State>
  readonly #shardId: string
  #checkpoint: Checkpoint
  #position: SequenceNumber | undefined
  readonly state: State

  private constructor(deps: ProgressDependencies<State>, shardId: string, checkpoint: Checkpoint, state: State) {
    this.#deps = deps
    this.#shardId = shardId
    this.#checkpoint = checkpoint
    this.state = state
    this.#position = checkpoint.sequence
  }

  /** Takes up a shard where it was left; a new one where its parents ended. */
  static async open<State>(deps: ProgressDependencies<State>, shard: Shard): Promise<Progress<State>> {
    const { checkpoints, consumer } = deps
    const own = await checkpoints.find(consumer, shard.shardId)
    if (own) return new Progress(deps, shard.shardId, own, await loadState(deps, own))

    const parents = await Promise.all(shard.parents.map((parent) => checkpoints.find(consumer, parent)))
    const states = await Promise.all(
      parents.filter((parent) => parent !== undefined).map((parent) => loadState(deps, parent)),
    )
    const beginning: Checkpoint = {
      sequence: undefined,
      snapshot: undefined,
      handled: undefined,
      revision: 0,
      ended: false,
    }
    return new Progress(deps, shard.shardId, beginning, deps.codec.merge(states))
  }

  /** The last sequence number that the state holds. */
  get position(): SequenceNumber | undefined {
    return this.#position
  }

  /** How far somebody noted to have handled the shard beyond its last save. */
  get noted(): SequenceNumber | undefined {
    return this.#checkpoint.handled?.through
  }

  /** The state now holds these records, in order. A batch that lies behind moves nothing. */
  advance(records: readonly { sequenceNumber: SequenceNumber }[]): void {
    const last = records.at(-1)
    if (last && isAfter(last.sequenceNumber, this.#position)) this.#position = last.sequenceNumber
  }

  /** Whether nobody else has saved or noted anything since this place was found or last written down. */
  async isCurrent(): Promise<boolean> {
    const { checkpoints, consumer } = this.#deps
    const stored = await checkpoints.find(consumer, this.#shardId)
    return (stored?.revision ?? 0) === this.#checkpoint.revision
  }

  /** @throws StoreFault; also when another runner has saved meanwhile: this one must start again from there */
  async save(ended = false): Promise<void> {
    await inStore(() => this.#save(ended))
  }

  /**
   * Notes how far the shard is handled, without the state: a write of one unit.
   *
   * @throws StoreFault as `save` does
   */
  async note(at: number): Promise<void> {
    await inStore(async () => {
      const previous = this.#checkpoint
      const through = this.#position
      if (through === undefined || !isAfter(through, previous.sequence) || !isAfter(through, this.noted)) return
      await this.#replace({ ...previous, handled: { through, at }, revision: previous.revision + 1 })
    })
  }

  async #save(ended: boolean): Promise<void> {
    const previous = this.#checkpoint
    const sequence = this.#position
    if (sequence === previous.sequence && ended === previous.ended) return
    // Also of a shard without records: what its parents knew goes on to its children.
    const snapshot = await this.#saveState(sequence ?? 'beginning')
    // Half-way through what others had handled: the rest is still owed.
    const handled = previous.handled && isAfter(previous.handled.through, sequence) ? previous.handled : undefined
    await this.#replace({ sequence, snapshot, handled, revision: previous.revision + 1, ended })
    if (previous.snapshot && previous.snapshot !== snapshot) await this.#deps.objects.delete(previous.snapshot)
  }

  async #replace(next: Checkpoint): Promise<void> {
    const { checkpoints, consumer } = this.#deps
    if (!(await checkpoints.replace(consumer, this.#shardId, next)))
      throw new StoreFault('overtaken', `another runner of ${consumer} has gone on with ${this.#shardId}`)
    this.#checkpoint = next
  }

  async #saveState(sequence: string): Promise<string | undefined> {
    const { consumer, objects, codec } = this.#deps
    if (codec === stateless) return undefined
    const key = `state/${consumer}/${this.#shardId}/${sequence}.json.zst`
    await objects.put(key, await compress(Buffer.from(JSON.stringify(codec.toJson(this.state)))))
    return key
  }
}

export type ProgressDependencies<State> = {
  consumer: string
  checkpoints: Checkpoints
  objects: Objects
  codec: StateCodec<State>
}

async function loadState<State>(deps: ProgressDependencies<State>, checkpoint: Checkpoint): Promise<State> {
  if (!checkpoint.snapshot) return deps.codec.empty()
  const json = await decompress(await deps.objects.get(checkpoint.snapshot))
  return deps.codec.fromJson(JSON.parse(json.toString()))
}

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
