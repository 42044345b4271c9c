/**
 * Records as consumers see them: decoded, in order, those that were already handled left out. What cannot be decoded
 * goes to `quarantine/` with the reason; it holds up nothing.
 */
import type { Delivery } from '../../stream/event.ts'
import { decodeRecord, type RecordHeader } from '../../stream/record.ts'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { StreamRecord } from './consumer.ts'
import type { Objects } from './objects.ts'

export type DecodedStreamRecord = {
  sequenceNumber: SequenceNumber
  arrivedAt: number
  header: RecordHeader
  deliveries: Delivery[]
}

/** Keeps a record that nobody can read. All consumers meet it and write the same object. */
export type Quarantine = (shardId: string, record: StreamRecord, code: string, reason: string) => Promise<void>

export function createQuarantine(objects: Objects): Quarantine {
  return (shardId, record, code, reason) =>
    objects.put(`quarantine/${shardId}/${record.sequenceNumber}.bin`, record.data, {
      contentType: 'application/octet-stream',
      metadata: { code, reason, arrived: new Date(record.arrivedAt).toISOString() },
    })
}

/** @param through the last sequence number already handled */
export async function decodeRecords(
  shardId: string,
  records: readonly StreamRecord[],
  through: SequenceNumber | undefined,
  quarantine: Quarantine,
): Promise<DecodedStreamRecord[]> {
  const decoded: DecodedStreamRecord[] = []
  for (const record of records) {
    if (!isAfter(record.sequenceNumber, through)) continue
    const result = decodeRecord(record.data)
    if (result.ok) {
      const { header, deliveries } = result
      decoded.push({ sequenceNumber: record.sequenceNumber, arrivedAt: record.arrivedAt, header, deliveries })
    } else {
      await quarantine(shardId, record, result.error.code, result.error.message)
    }
  }
  return decoded
}
