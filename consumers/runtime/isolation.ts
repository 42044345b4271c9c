/**
 * Finds the records that a consumer's own code fails on, and passes them over: a failing batch is halved until a record
 * fails alone, and that one is tried again before it goes to the quarantine. What a store does wrong is none of its
 * business: such an error is thrown on, and the host tries again as it always does.
 *
 *     batch ──fails──▶ first half, then second half … ──▶ one record ──fails again and again──▶ quarantine/
 */
import type { ShardConsumer, StreamRecord } from './consumer.ts'
import { isStoreFault, reasonOf } from './faults.ts'

export type IsolationPolicy = {
  /** Attempts after the first, for a record alone (or for a batch that is not bisected). */
  retryAttempts: number
  /** Whether a failing batch is halved; if not, it goes to the quarantine whole. */
  bisect: boolean
  /** Wait before such an attempt. */
  retryDelayMs: number
}

export const usualIsolation: IsolationPolicy = { retryAttempts: 2, bisect: true, retryDelayMs: 200 }

/**
 * As many records in a row, and none between that went well, are a broken consumer and no broken records: it had better
 * wait for its repair, while the stream keeps them, than put the whole stream into the quarantine.
 */
const mostInARow = 100

export type IsolationHost = {
  policy: IsolationPolicy
  /** The shard again, from its last save. */
  reopen(): Promise<ShardConsumer>
  pause(ms: number): Promise<void>
  /** Told of the error for which records are passed over. */
  onFault(error: unknown): void
}

/** For one shard; it remembers how many records it passed over in a row. */
export class Isolator {
  readonly #host: IsolationHost
  #inARow = 0

  constructor(host: IsolationHost) {
    this.#host = host
  }

  /** Records were handled, here or by the host itself: the consumer is not broken. */
  wentWell(): void {
    this.#inARow = 0
  }

  /**
   * Handles records in order, and saves behind them.
   *
   * @param open with everything before `records` saved: what it holds is thrown away at every failure
   * @returns the same, or the one that took its place
   * @throws what was not the records' fault, or no longer looks like it
   */
  async handle(open: ShardConsumer, records: readonly StreamRecord[]): Promise<ShardConsumer> {
    const { policy, reopen, pause } = this.#host
    let current = open
    for (let attempt = 0; ; attempt++) {
      try {
        const { position } = current
        await current.handle(records)
        await current.save()
        // Records that lie behind, brought again, prove nothing.
        if (current.position !== position) this.wentWell()
        return current
      } catch (error) {
        if (isStoreFault(error)) throw error
        current = await reopen()
        if (policy.bisect && records.length > 1) return await this.#handleHalves(current, records)
        if (attempt >= policy.retryAttempts) return await this.#passOver(current, records, error)
      }
      await pause(policy.retryDelayMs)
    }
  }

  async #handleHalves(open: ShardConsumer, records: readonly StreamRecord[]): Promise<ShardConsumer> {
    const middle = records.length >>> 1
    return this.handle(await this.handle(open, records.slice(0, middle)), records.slice(middle))
  }

  async #passOver(open: ShardConsumer, records: readonly StreamRecord[], cause: unknown): Promise<ShardConsumer> {
    if (this.#inARow >= mostInARow)
      throw new Error(`${mostInARow} records in a row failed: the consumer is to be repaired`, { cause })
    this.#host.onFault(cause)
    for (const record of records) await open.passOver(record, reasonOf(cause))
    // Before anything behind it is handled: a later start must not take it up again after all.
    await open.save()
    this.#inARow += records.length
    return open
  }
}
