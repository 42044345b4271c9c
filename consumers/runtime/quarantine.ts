/**
 * `quarantine/` in S3: records that a consumer passed over, each for that consumer alone, with the reason.
 *
 *     quarantine/CONSUMER/SHARD/SEQUENCE.bin     the bytes of the record
 *                                                metadata: code, reason, arrived
 *
 * A record that is met again after a crash is the same object again. `npm run quarantine` looks at them and puts them
 * back into the stream (local/quarantine/).
 */
import { decodeRecord } from '../../stream/record.ts'
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Objects } from './objects.ts'
import type { Quarantine, RecordPlace } from './records.ts'
import { type QuarantineKey, quarantineKey } from './shapes/quarantine-key.ts'

/** One record put into the quarantine, for logs and counts. */
export type Quarantined = RecordPlace & {
  sequenceNumber: SequenceNumber
  code: string
  reason: string
  bytes: number
  /** Undefined: it cannot be decoded, so nobody knows. */
  events: number | undefined
}

/**
 * @param onQuarantined is told of every record once it is kept; again, when it is met again after a crash
 */
export function createQuarantine(objects: Objects, onQuarantined: (entry: Quarantined) => void): Quarantine {
  return async (place, record, code, reason) => {
    const { sequenceNumber, data, arrivedAt } = record
    await objects.put(quarantineKey({ ...place, sequenceNumber }), data, {
      contentType: 'application/octet-stream',
      metadata: { code, reason: headerSafe(reason), arrived: new Date(arrivedAt).toISOString() },
    })
    const decoded = decodeRecord(data)
    const events = decoded.ok ? decoded.header.eventCount : undefined
    onQuarantined({ ...place, sequenceNumber, code, reason, bytes: data.length, events })
  }
}

/** S3 takes 2 KB of metadata in all, as HTTP headers; what an exception says may be anything. */
const maxReasonLength = 1000

function headerSafe(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^ -~]/g, '?')
    .trim()
    .slice(0, maxReasonLength)
}

const retryPrefix = 'quarantine-retry:'

/**
 * The partition key of a copy that was put back: only this consumer takes it, the others have had the record, and takes
 * it once, by the place of the original (retries.ts).
 */
export function retryPartitionKey({ consumer, shardId, sequenceNumber }: QuarantineKey): string {
  return `${retryPrefix}${consumer}/${shardId}/${sequenceNumber}`
}

/** The one consumer that a record is for, and which record of its it is (StreamRecord.retryFor); undefined: it is for all. */
export function retryConsumerOf(partitionKey: string | undefined): string | undefined {
  return partitionKey?.startsWith(retryPrefix) ? partitionKey.slice(retryPrefix.length) : undefined
}
