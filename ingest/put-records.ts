/**
 * Sending records to Kinesis: what lanes ask for in the same moment becomes one PutRecords request. A call costs the
 * endpoint as much as ten requests of pages, whatever it carries, and lanes close their batches together.
 */
import { limits } from '../stream/limits.ts'

/** A record for the shard that owns `hashKey`. */
export type RecordToPut = { hashKey: string; partitionKey: string; record: Buffer }

/** What became of one record of a request; `shardId` is where it is now. */
export type PutOutcome = { stored: true; shardId: string } | { stored: false; throttled: boolean; cause: unknown }

/** Answers for each record, in order, and never throws. */
export type PutRecords = (records: readonly RecordToPut[]) => Promise<PutOutcome[]>

/** Whether a request may carry this many records and bytes (with their partition keys). */
export function fitsRequest(count: number, bytes: number): boolean {
  return count <= limits.putRecordsCount && bytes <= limits.putRecordsBytes
}

export function sizeOf({ record, partitionKey }: RecordToPut): number {
  return record.length + partitionKey.length
}

type Waiting = { records: readonly RecordToPut[]; settle: (outcomes: PutOutcome[]) => void }

/** @param put sends one request; a call of the result that fits a request by itself is never split */
export function coalesce(put: PutRecords): PutRecords {
  let waiting: Waiting[] = []

  async function send(together: readonly Waiting[]): Promise<void> {
    const outcomes = await put(together.flatMap(({ records }) => records))
    let from = 0
    for (const { records, settle } of together) {
      settle(outcomes.slice(from, from + records.length))
      from += records.length
    }
  }

  function flush(): void {
    let together: Waiting[] = []
    let count = 0
    let bytes = 0
    for (const one of waiting) {
      const oneBytes = one.records.reduce((sum, record) => sum + sizeOf(record), 0)
      if (!fitsRequest(count + one.records.length, bytes + oneBytes)) {
        void send(together)
        together = []
        count = 0
        bytes = 0
      }
      together.push(one)
      count += one.records.length
      bytes += oneBytes
    }
    void send(together)
    waiting = []
  }

  return (records) =>
    new Promise((settle) => {
      waiting.push({ records, settle })
      // After all timers that are due now: the lanes' batches close at the same time.
      if (waiting.length === 1) setImmediate(flush)
    })
}
