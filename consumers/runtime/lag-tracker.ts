/** How far one consumer is behind in one shard, from what its host sees. The definitions are in shapes/lag.ts. */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { StreamRecord } from './consumer.ts'
import { type Lag, pauseMs } from './shapes/lag.ts'

export type LagFigures = Pick<
  Lag,
  'behindMs' | 'behindRecords' | 'position' | 'arrivedAt' | 'handledAt' | 'activeSince' | 'handledRecords'
>

/** The arrival rate is that of about the last minute of the stream. */
const rateMemoryMs = 60_000

export class LagTracker {
  /** Arrivals of what is read and not handled, oldest first: one batch at most, and what came with it. */
  #pending: number[] = []
  #millisBehind = 0
  #position: SequenceNumber | undefined
  #arrivedAt: number | undefined
  #handledAt: number | undefined
  #activeSince: number | undefined
  #handledRecords = 0
  #lastRead: number | undefined
  /** Records, and the time over which they arrived; both fade. */
  #arrivals = { records: 0, spanMs: 0 }

  /** The shard was taken up, again perhaps: what was read and not handled will be read again. */
  opened(position: SequenceNumber | undefined): void {
    this.#position = position
    this.#pending = []
  }

  /** @param millisBehind how far the last of these is from the tip of the shard */
  read(records: readonly StreamRecord[], millisBehind: number): void {
    this.#millisBehind = millisBehind
    for (const { arrivedAt } of records) this.#pending.push(arrivedAt)
    this.#countArrivals(records)
  }

  /** The next of what was read are handled, in order. */
  handled(records: readonly StreamRecord[], now: number): void {
    this.#pending.splice(0, records.length)
    this.#handledRecords += records.length
    const last = records.at(-1)
    if (!last) return
    this.#position = last.sequenceNumber
    this.#arrivedAt = last.arrivedAt
    this.#handledAt = now
  }

  figures(now: number): LagFigures {
    const [oldest] = this.#pending
    const { records, spanMs } = this.#arrivals
    const perMs = spanMs > 0 ? records / spanMs : 0
    return {
      behindMs: Math.round(Math.max(this.#millisBehind, oldest === undefined ? 0 : now - oldest)),
      behindRecords: this.#pending.length + Math.round(this.#millisBehind * perMs),
      position: this.#position,
      arrivedAt: this.#arrivedAt,
      handledAt: this.#handledAt,
      activeSince: this.#activeSince,
      handledRecords: this.#handledRecords,
    }
  }

  #countArrivals(records: readonly StreamRecord[]): void {
    const before = this.#lastRead
    for (const { arrivedAt } of records) {
      if (this.#lastRead === undefined || arrivedAt - this.#lastRead >= pauseMs) this.#activeSince = arrivedAt
      // Records that are read again after a failure lie in the past: they are no arrivals.
      this.#lastRead = Math.max(arrivedAt, this.#lastRead ?? 0)
    }
    const spanMs = (this.#lastRead ?? 0) - (before ?? this.#lastRead ?? 0)
    if (spanMs <= 0) return
    const kept = Math.exp(-spanMs / rateMemoryMs)
    this.#arrivals = {
      records: this.#arrivals.records * kept + records.length,
      spanMs: this.#arrivals.spanMs * kept + spanMs,
    }
  }
}
