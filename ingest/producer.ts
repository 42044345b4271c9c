/**
 * Takes deliveries and answers when each is durable. Deliveries go to the lane of the shard that owns their
 * visitor; what waits is bounded, and past the bound the answer is an immediate no.
 */
import { createShardMap, type Shard, type ShardMap } from '../stream/shard-map.ts'
import type { Entry, StoreResult } from './batch.ts'
import { Lane, type LaneOptions } from './lane.ts'

export type ProducerOptions = Omit<LaneOptions, 'onResharded'> & {
  maxInFlightBytes: number
  listShards: () => Promise<Shard[]>
  onFault: (message: string, cause: unknown) => void
}

/** Shortest time between two looks at the shard list: every lane notices a split at the same moment. */
const shardMapRefreshMs = 1000

const unreadableShards = 'the shard list could not be read'

export class Producer {
  readonly #options: ProducerOptions
  readonly #lanes = new Map<string, Lane>()
  #map: ShardMap | undefined
  #refreshing: Promise<void> | undefined
  #refreshedAt = Number.NEGATIVE_INFINITY
  #inFlightBytes = 0

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** Whether deliveries can be sent on their way: the shards are known (asked for, if not) and there is room. */
  async isReady(): Promise<boolean> {
    if (!this.#map) {
      await this.refreshShardMap().catch((cause: unknown) => this.#options.onFault(unreadableShards, cause))
    }
    return this.#map !== undefined && this.#inFlightBytes < this.#options.maxInFlightBytes
  }

  /** Reads the shard list; rejects when Kinesis cannot be asked. */
  async refreshShardMap(): Promise<void> {
    this.#refreshing ??= this.#loadShardMap().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
  }

  /**
   * @param routing the visitor's place in the key space, 0 to 2^32 - 1
   * @param traceId 32 hex digits; a batch carries that of its first delivery
   * @returns when Kinesis has the record that holds the delivery, or it is given up; never rejects
   */
  async store(routing: number, entry: Entry, traceId: string): Promise<StoreResult> {
    if (this.#inFlightBytes + entry.bytes > this.#options.maxInFlightBytes) return { ok: false, code: 'overloaded' }
    this.#inFlightBytes += entry.bytes
    try {
      if (!this.#map) await this.refreshShardMap()
      return await this.#laneOf(routing).add(entry, traceId)
    } catch (cause) {
      return { ok: false, code: 'unavailable', cause }
    } finally {
      this.#inFlightBytes -= entry.bytes
    }
  }

  /** Sends what waits, now; resolves when all of it is settled. */
  async drain(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drain()))
  }

  #laneOf(routing: number): Lane {
    const shard = (this.#map as ShardMap).owner(routing)
    let lane = this.#lanes.get(shard.shardId)
    if (!lane) {
      lane = new Lane(shard, { ...this.#options, onResharded: () => this.#onResharded() })
      this.#lanes.set(shard.shardId, lane)
    }
    return lane
  }

  #onResharded(): void {
    if (this.#options.now() - this.#refreshedAt < shardMapRefreshMs) return
    this.refreshShardMap().catch((cause: unknown) => this.#options.onFault(unreadableShards, cause))
  }

  async #loadShardMap(): Promise<void> {
    this.#map = createShardMap(await this.#options.listShards())
    this.#refreshedAt = this.#options.now()
    // Lanes of closed shards deliver what they hold (its key leads to a child now) and then go.
    const open = new Set(this.#map.shards.map((shard) => shard.shardId))
    for (const [shardId, lane] of this.#lanes) if (!open.has(shardId) && lane.idle) this.#lanes.delete(shardId)
  }
}
