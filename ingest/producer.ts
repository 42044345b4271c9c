/**
 * Takes deliveries and answers when each is durable. Deliveries go to the lane of the shard that owns their
 * visitor; what waits is bounded, and past the bound the answer is an immediate no.
 */
import { createShardMap, provisionalShards, type Shard, type ShardMap } from '../stream/shard-map.ts'
import type { Settle } from './batch.ts'
import type { Entry } from './deliveries.ts'
import { Lane, type LaneOptions } from './lane.ts'
import type { Metrics } from './metrics.ts'

export type ProducerOptions = Omit<LaneOptions, 'onResharded' | 'onTaken' | 'onSettled' | 'metrics'> & {
  maxInFlightBytes: number
  listShards: () => Promise<Shard[]>
  /** Whether the overflow answers: asked when nothing was stored lately. */
  checkOverflow: () => Promise<void>
  metrics: Metrics
}

/** Shortest time between two looks at the shard list: every lane notices a split at the same moment. */
const shardMapRefreshMs = 1000
/** What was stored this long ago says that storing works; a check of the stores is believed as long. */
const recentMs = 2000

export class Producer {
  readonly #options: ProducerOptions
  readonly #lanes = new Map<string, Lane>()
  /** Until Kinesis has been asked: lanes that lead near the right shards, also through the overflow. */
  #map: ShardMap = createShardMap(provisionalShards())
  #refreshing: Promise<void> | undefined
  #refreshedAt = Number.NEGATIVE_INFINITY
  #storedAt = Number.NEGATIVE_INFINITY
  #check: { at: number; works: Promise<boolean> } | undefined
  #inFlightBytes = 0

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** Whether deliveries can be stored: there is room, no lane is refused everywhere, and the stores answer. */
  async isReady(): Promise<boolean> {
    if (this.#inFlightBytes >= this.#options.maxInFlightBytes) return false
    if ([...this.#lanes.values()].some((lane) => lane.state === 'down')) return false
    const now = this.#options.now()
    if (now - this.#storedAt < recentMs) return true
    if (!this.#check || now - this.#check.at >= recentMs) this.#check = { at: now, works: this.#checkStores() }
    return this.#check.works
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
   * @param settle told when the record that holds the delivery is durable, or it is given up; at once when it is refused
   */
  store(routing: number, entry: Entry, settle: Settle): void {
    const isFull = this.#inFlightBytes + entry.bytes > this.#options.maxInFlightBytes
    if (isFull) settle({ ok: false, code: 'overloaded' })
    else this.#laneOf(routing).add(entry, settle)
  }

  /** Resolves when nothing is under way that no request waits for. */
  async quiet(): Promise<void> {
    await this.#refreshing?.catch(() => {})
  }

  /** Sends what waits, now; resolves when all of it is settled. */
  async drain(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.drain()))
  }

  #laneOf(routing: number): Lane {
    const shard = this.#map.owner(routing)
    let lane = this.#lanes.get(shard.shardId)
    if (!lane) {
      const metrics = this.#options.metrics.lane(shard.shardId)
      lane = new Lane(shard, {
        ...this.#options,
        metrics,
        onResharded: () => this.#onResharded(),
        onTaken: (bytes) => {
          this.#inFlightBytes += bytes
        },
        onSettled: (bytes, stored) => {
          this.#inFlightBytes -= bytes
          if (stored) this.#storedAt = this.#options.now()
        },
      })
      this.#lanes.set(shard.shardId, lane)
    }
    return lane
  }

  #onResharded(): void {
    if (this.#options.now() - this.#refreshedAt < shardMapRefreshMs) return
    this.refreshShardMap().catch((cause: unknown) =>
      this.#options.onFault('the shard list could not be read; records find their shards without it', cause),
    )
  }

  async #checkStores(): Promise<boolean> {
    const checks = [this.#options.listShards(), this.#options.checkOverflow()]
    return (await Promise.allSettled(checks)).some(({ status }) => status === 'fulfilled')
  }

  async #loadShardMap(): Promise<void> {
    this.#map = createShardMap(await this.#options.listShards())
    this.#refreshedAt = this.#options.now()
    // Lanes of closed shards deliver what they hold (its key leads to a child now) and then go.
    const open = new Set(this.#map.shards.map((shard) => shard.shardId))
    for (const [shardId, lane] of this.#lanes) {
      if (open.has(shardId) || !lane.idle) continue
      this.#lanes.delete(shardId)
      this.#options.metrics.forget(shardId)
    }
  }
}
