/** How far each shard has been read, on the endpoint's clock; a minute is over when all of them are past it. */
export class Watermarks {
  readonly #shards = new Map<string, number>()

  /** A shard was read up to this time, epoch milliseconds. */
  advance(shardId: string, at: number): void {
    this.#shards.set(shardId, Math.max(at, this.#shards.get(shardId) ?? 0))
  }

  delete(shardId: string): void {
    this.#shards.delete(shardId)
  }

  /** The time that every shard is through with; shards that stand still do not hold up the others for ever. */
  through(): number {
    const newest = Math.max(0, ...this.#shards.values())
    const moving = [...this.#shards.values()].filter((at) => at > newest - standstillMs)
    return Math.min(...moving, newest) - graceMs
  }
}

/** A shard this far behind the newest has no traffic, or a reader that is down. */
const standstillMs = 5 * 60_000
/** Time that a record may take from its creation into the stream (RETRACE_STORE_DEADLINE_MS and some). */
const graceMs = 10_000
