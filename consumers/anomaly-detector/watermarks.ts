/** How far each shard has been read, on the endpoint's clock; a minute is over when all of them are past it. */
export class Watermarks {
  readonly #shards = new Map<string, number>()

  /** A shard whose records are still to be read holds everything up. */
  open(shardId: string): void {
    this.#shards.set(shardId, 0)
  }

  /** A shard was read up to this time, epoch milliseconds. */
  advance(shardId: string, at: number): void {
    this.#shards.set(shardId, Math.max(at, this.#shards.get(shardId) ?? 0))
  }

  close(shardId: string): void {
    this.#shards.delete(shardId)
  }

  /** The time that every open shard is through with. */
  through(): number {
    return Math.max(0, Math.min(...this.#shards.values()) - graceMs)
  }
}

/** Time that a record may take from its creation into the stream (RETRACE_KINESIS_PATIENCE_MS and some); what the overflow delays comes later. */
const graceMs = 10_000
