/**
 * The account at the end of a run: what was acknowledged, what is stored, what the dashboards show.
 *
 * Overflow and stream are read one after the other while records may move from the first to the second. The overflow
 * is read first, so none can slip through; one that is met in both is the same record, by producer and sequence.
 */
import { type DecodedRecord, decodeRecord } from '../../stream/record.ts'
import { awaitCounted, type CountedVerdict, type Dashboard } from './counted.ts'
import type { EventSet } from './event-set.ts'
import { readOverflow } from './read-overflow.ts'
import { readStream } from './read-stream.ts'
import { StoredTally, type StoredVerdict } from './stored-tally.ts'
import type { StoreClients } from './stores.ts'

export type ReconcileOptions = {
  acknowledged: EventSet
  clients: StoreClients
  stream: string
  bucket: string
  /** Without it, what the dashboards show is left out. */
  dashboard?: Dashboard
  signal?: AbortSignal | undefined
}

export type Reconciliation = StoredVerdict & {
  /** Records in the overflow that were not in the stream yet; their events are among the stored. */
  overflowed: number
} & Partial<CountedVerdict>

/** The stream should not be written to meanwhile: events that come during the account may be on either side of it. */
export async function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const { acknowledged, clients, stream, bucket, dashboard, signal } = options
  const tally = new StoredTally(acknowledged)
  const waiting = new Map<string, DecodedRecord>()
  for await (const { data } of readOverflow(clients.s3, bucket)) {
    const record = decodeRecord(data)
    if (record.ok) waiting.set(identity(record), record)
    else tally.addUndecodable()
  }
  for await (const { data } of readStream(clients.kinesis, stream)) {
    signal?.throwIfAborted()
    const record = decodeRecord(data)
    if (!record.ok) {
      tally.addUndecodable()
      continue
    }
    waiting.delete(identity(record))
    tally.add(record)
  }
  const least = tally.figures()
  for (const record of waiting.values()) tally.add(record)

  const expected = { least, most: tally.figures() }
  const counted = dashboard ? await awaitCounted(dashboard, expected, { signal }) : {}
  return { ...tally.verdict(), overflowed: waiting.size, ...counted }
}

function identity({ header }: DecodedRecord): string {
  return `${header.producerId} ${header.producerSequence}`
}
