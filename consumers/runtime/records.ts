/**
 * Records as consumers see them: decoded, in order, those that were already handled or are for others left out. What
 * cannot be decoded goes to `quarantine/` with the reason; it holds up nothing.
 */
import type { Delivery } from '../../stream/event.ts'
import { decodeRecord, type RecordHeader } from '../../stream/record.ts'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { StreamRecord } from './consumer.ts'

export type DecodedStreamRecord = {
  sequenceNumber: SequenceNumber
  arrivedAt: number
  /** Whether this is a record that this consumer passed over before, put back (`npm run quarantine -- retry`). */
  retried: boolean
  header: RecordHeader
  deliveries: Delivery[]
}

/** Who handles a record, and where it is. */
export type RecordPlace = { consumer: string; shardId: string }

/** Keeps a record that this consumer passes over, with the reason. */
export type Quarantine = (place: RecordPlace, record: StreamRecord, code: string, reason: string) => Promise<void>

/** @param through the last sequence number already handled */
export async function decodeRecords(
  place: RecordPlace,
  records: readonly StreamRecord[],
  through: SequenceNumber | undefined,
  quarantine: Quarantine,
): Promise<DecodedStreamRecord[]> {
  const decoded: DecodedStreamRecord[] = []
  for (const record of records) {
    const { sequenceNumber, arrivedAt, retryFor } = record
    if (!isAfter(sequenceNumber, through)) continue
    if (retryFor !== undefined && !retryFor.startsWith(`${place.consumer}/`)) continue
    const result = decodeRecord(record.data)
    if (result.ok) {
      const { header, deliveries } = result
      decoded.push({ sequenceNumber, arrivedAt, retried: retryFor !== undefined, header, deliveries })
    } else {
      await quarantine(place, record, result.error.code, result.error.message)
    }
  }
  return decoded
}
