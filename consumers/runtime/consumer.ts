/**
 * What a consumer is to the hosts that run it (local runner, Lambda adapter): it opens a shard, says how far it has
 * come there, and handles records in order. Hosts know nothing of what it makes of them.
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import type { PassOverReason } from './faults.ts'

export type StreamRecord = {
  sequenceNumber: SequenceNumber
  data: Uint8Array
  /** When Kinesis had it: epoch milliseconds. */
  arrivedAt: number
  /**
   * The one consumer that this copy of a record is for, and where the original was: `CONSUMER/SHARD/SEQUENCE`
   * (quarantine.ts). Undefined: it is for all.
   */
  retryFor?: string | undefined
}

export type Consumer = {
  readonly name: string
  /** Takes up a shard where it was left, or where its parents ended. */
  open(shard: Shard): Promise<ShardConsumer>
}

/**
 * A consumer's work in one shard. After any rejection it is thrown away and opened again, so that a failure takes
 * the very way of a crash: there is one way to recover, and it is always the tested one.
 */
export type ShardConsumer = {
  /** The last sequence number whose effects are in the state; records after it come next. Undefined: from the start. */
  readonly position: SequenceNumber | undefined
  /**
   * Handles records in order; when it resolves, their effects are durable.
   *
   * @throws a StoreFault (faults.ts) for whatever goes wrong from the first write on; anything else is taken for the
   *   fault of a record, of which nothing is stored then
   */
  handle(records: readonly StreamRecord[]): Promise<void>
  /** Keeps a record in the quarantine instead, and moves the position behind it. */
  passOver(record: StreamRecord, reason: PassOverReason): Promise<void>
  /** Nothing was left to read at this time (epoch milliseconds). */
  caughtUp(at: number): Promise<void>
  /**
   * How far the shard was handled beyond its last save, by whoever noted it: up to here its records have to be read
   * again before new ones are handled. Undefined: no further than it was saved.
   */
  readonly noted: SequenceNumber | undefined
  /** Whether this is still the furthest anybody has come: no other host has saved or noted anything since. */
  isCurrent(): Promise<boolean>
  /** Notes the position (epoch milliseconds beside it) without saving, for hosts that save seldom. */
  note(at: number): Promise<void>
  /** Remembers the position (and state, if any), so that a new start need not go further back. */
  save(): Promise<void>
  /** The shard was closed and everything in it is handled: children may begin from here. */
  end(): Promise<void>
}
