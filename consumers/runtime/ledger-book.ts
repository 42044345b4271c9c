/** Gathers what a consumer makes of the events of a batch, by arrival minute, and writes it exactly once. */
import type { Delivery } from '../../stream/event.ts'
import { decodeRecord, readRecordHeader } from '../../stream/record.ts'
import { compareSequence, type SequenceNumber } from '../../stream/sequence.ts'
import type { StreamRecord } from './consumer.ts'
import { applyOnce, type Change, inParallel, type Versioned } from './exactly-once.ts'
import type { LedgerStore } from './ledger-store.ts'
import type { Quarantine } from './records.ts'
import { addCounts, arrivalMinute, type LedgerCounts, noCounts } from './shapes/ledger.ts'

/** Minutes kept in memory between two flushes: the present one, the last, and what overflow or a slow sender brings. */
const maxHotMinutes = 10

export class LedgerBook {
  readonly #store: LedgerStore
  readonly #consumer: string
  readonly #shardId: string
  readonly #hot = new Map<number, Versioned<LedgerCounts>>()
  #pending = new Map<number, Change<LedgerCounts>[]>()

  constructor(store: LedgerStore, consumer: string, shardId: string) {
    this.#store = store
    this.#consumer = consumer
    this.#shardId = shardId
  }

  /**
   * Takes a delivery of a record into account.
   *
   * @param record `retried`: it was set aside before, and is taken out of the quarantine with this
   * @returns what the record brought in that arrival minute, for the caller to add what becomes of the events to, until
   *   the next flush
   */
  accept({ sequenceNumber, retried }: AcceptedRecord, { received, events }: Delivery): LedgerCounts {
    const counts = this.#counts(sequenceNumber, received)
    if (retried) counts.quarantined -= events.length
    else counts.accepted += events.length
    return counts
  }

  /**
   * Counts a record that goes to the quarantine whole, as far as it can be read. One that was put back and fails again
   * is accepted and set aside already.
   */
  setAside(record: StreamRecord): void {
    if (record.retryFor !== undefined) return
    for (const { received, events, unreadable } of arrivalsOf(record)) {
      const counts = this.#counts(record.sequenceNumber, received)
      counts.accepted += events
      counts.quarantined += events
      if (unreadable) counts.unreadable++
    }
  }

  /** The same quarantine, with what it takes counted here. */
  counting(quarantine: Quarantine): Quarantine {
    return async (...args) => {
      await quarantine(...args)
      this.setAside(args[1])
    }
  }

  /** Writes every minute that was added to. After a rejection the book is to be thrown away. */
  async flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = new Map()
    await inParallel(pending, async ([minute, changes]) => {
      // What cannot be decoded is noted before the records around it are.
      changes.sort((a, b) => compareSequence(a.sequence, b.sequence))
      const key = { consumer: this.#consumer, shardId: this.#shardId, minute }
      const known = this.#hot.get(minute)
      this.#hot.delete(minute)
      this.#hot.set(minute, await applyOnce(this.#store, key, known, changes, addCounts))
    })
    for (const changes of pending.values()) for (const { change } of changes) this.#store.counted?.(change)
    // Oldest first: a Map keeps the order in which its entries were last set.
    for (const minute of this.#hot.keys()) {
      if (this.#hot.size <= maxHotMinutes) break
      this.#hot.delete(minute)
    }
  }

  #counts(sequence: SequenceNumber, received: number): LedgerCounts {
    const minute = arrivalMinute(received)
    let changes = this.#pending.get(minute)
    if (!changes) {
      changes = []
      this.#pending.set(minute, changes)
    }
    const last = changes.at(-1)
    if (last?.sequence === sequence) return last.change
    const change = noCounts()
    changes.push({ sequence, change })
    return change
  }
}

type AcceptedRecord = { sequenceNumber: SequenceNumber; retried?: boolean }
type Arrival = { received: number; events: number; unreadable?: true }

/**
 * How many events of a record arrived when, by the best that can be read of it. A time that is none (it may be what the
 * record is set aside for) gives way to that of Kinesis.
 */
function arrivalsOf({ data, arrivedAt }: StreamRecord): Arrival[] {
  const timeOf = (received: number) => (Number.isNaN(new Date(received).getTime()) ? arrivedAt : received)
  const decoded = decodeRecord(data)
  if (decoded.ok)
    return decoded.deliveries.map(({ received, events }) => ({ received: timeOf(received), events: events.length }))
  const read = readRecordHeader(data)
  if (read.ok) return [{ received: timeOf(read.header.createdAt), events: read.header.eventCount }]
  return [{ received: arrivedAt, events: 1, unreadable: true }]
}
