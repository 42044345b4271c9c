/**
 * Packs lines into Firehose records, and records into requests. Firehose bills a record in steps of 5 KB: one record a
 * line would cost five times as much as full ones, which waste less than a step of their hundreds of kilobytes.
 */

/** Limits of PutRecordBatch, before base64 (Amazon Data Firehose API reference). */
export const firehoseLimits = {
  requestRecords: 500,
  requestBytes: 4 * 1024 * 1024,
  recordBytes: 1000 * 1024,
  /** A stream that partitions by what is in the lines takes records of more apart no further (same guide, "Deaggregation"). */
  recordLines: 500,
} as const

/** @returns records in the order of the lines, as full as the limit lets them be, none longer */
export function packRecords(lines: Iterable<Uint8Array>): Uint8Array[] {
  const records: Uint8Array[] = []
  let open: Uint8Array[] = []
  let bytes = 0
  for (const line of lines) {
    // An event comes from a request of at most 512 KiB: a line that fits into no record is a fault of ours.
    if (line.length > firehoseLimits.recordBytes)
      throw new Error(`an event of ${line.length} bytes fits into no record`)
    if (open.length === firehoseLimits.recordLines || bytes + line.length > firehoseLimits.recordBytes) {
      records.push(Buffer.concat(open, bytes))
      open = []
      bytes = 0
    }
    open.push(line)
    bytes += line.length
  }
  if (bytes > 0) records.push(Buffer.concat(open, bytes))
  return records
}

/** @returns requests in the order of the records */
export function packRequests(records: readonly Uint8Array[]): Uint8Array[][] {
  const requests: Uint8Array[][] = []
  let bytes = 0
  for (const record of records) {
    const request = requests.at(-1)
    if (
      !request ||
      request.length === firehoseLimits.requestRecords ||
      bytes + record.length > firehoseLimits.requestBytes
    ) {
      requests.push([record])
      bytes = record.length
    } else {
      request.push(record)
      bytes += record.length
    }
  }
  return requests
}
