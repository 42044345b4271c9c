/**
 * The record codec: one Kinesis record is one batch of deliveries (docs/decisions/0002-record-format.md).
 *
 *     offset size
 *          0    4  magic "RTRC"
 *          4    1  format version, 1
 *          5    1  codec of the body: 1 = zstd over a JSON array of deliveries
 *          6    2  reserved, 0
 *          8    4  events in the body
 *         12    4  bytes of the body once decoded
 *         16    8  producer id
 *         24    8  producer sequence, counting the batches of one producer from 0
 *         32   16  trace id (W3C trace context)
 *         48    8  created at, epoch milliseconds
 *         56    4  CRC-32 of everything else
 *         60       body
 *
 * Numbers are big-endian. The checksum covers the header too, so that no flipped bit goes unnoticed.
 */
import { constants, crc32 } from 'node:zlib'
import type { Delivery } from './event.ts'
import { limits } from './limits.ts'
import { compress, decompress } from './zstd.ts'

export type RecordHeader = {
  /** 16 hex digits, drawn by a producer for each of its lanes (one lane a shard). */
  producerId: string
  /** Position of this batch in its lane. A retry keeps it, so a second copy can be told. */
  producerSequence: number
  /** 32 hex digits. */
  traceId: string
  createdAt: number
  eventCount: number
}

export type RecordErrorCode =
  | 'too_short'
  | 'bad_magic'
  | 'unknown_version'
  | 'checksum_mismatch'
  | 'unknown_codec'
  | 'too_large'
  | 'bad_body'
  | 'count_mismatch'

export type RecordError = { code: RecordErrorCode; message: string }
export type DecodedRecord = { header: RecordHeader; deliveries: Delivery[] }
type Failure = { ok: false; error: RecordError }
export type DecodeResult = ({ ok: true } & DecodedRecord) | Failure
export type HeaderResult = { ok: true; header: RecordHeader } | Failure

export const recordHeaderBytes = 60
const magic = 0x52_54_52_43
const formatVersion = 1
const zstdJson = 1
const checksumAt = 56

/**
 * Level 6 takes 5 % fewer bytes than level 3 and two to three times its time: a quiet endpoint spares the stream, a
 * busy one, whose batches are large, its processor (docs/measurements.md). Level 1 takes as many bytes of a large batch
 * as level 3, in four fifths of its time.
 */
const smallBatchBytes = 32 * 1024
const levelFor = (bytes: number) => (bytes < smallBatchBytes ? 6 : 1)

/**
 * One batch as the bytes of one Kinesis record.
 *
 * @param json a JSON array of `Delivery`s, UTF-8: the producer counts bytes on exactly what is sent
 */
export function encodeRecord(header: RecordHeader, json: Uint8Array): Buffer {
  const body = compress(json, {
    params: { [constants.ZSTD_c_compressionLevel]: levelFor(json.length) },
    // Knowing the size, zstd makes its tables no larger than the batch.
    pledgedSrcSize: json.length,
  })
  const record = Buffer.allocUnsafe(recordHeaderBytes + body.length)
  record.writeUInt32BE(magic, 0)
  record.writeUInt8(formatVersion, 4)
  record.writeUInt8(zstdJson, 5)
  record.writeUInt16BE(0, 6)
  record.writeUInt32BE(header.eventCount, 8)
  record.writeUInt32BE(json.length, 12)
  record.write(header.producerId, 16, 8, 'hex')
  record.writeBigUInt64BE(BigInt(header.producerSequence), 24)
  record.write(header.traceId, 32, 16, 'hex')
  record.writeBigUInt64BE(BigInt(header.createdAt), 48)
  body.copy(record, recordHeaderBytes)
  record.writeUInt32BE(checksum(record), checksumAt)
  return record
}

/** The deliveries of a record, or why it is none: never an exception, never an event that was not sent. */
export function decodeRecord(data: Uint8Array): DecodeResult {
  const result = readRecordHeader(data)
  if (!result.ok) return result
  const { header } = result
  const record = asBuffer(data)
  if (record.readUInt8(5) !== zstdJson) return failure('unknown_codec', `body codec ${record.readUInt8(5)}`)

  const decodedBytes = record.readUInt32BE(12)
  if (decodedBytes > limits.decodedRecordBytes)
    return failure('too_large', `${decodedBytes} bytes decoded, at most ${limits.decodedRecordBytes} are read`)
  const deliveries = decodeBody(record.subarray(recordHeaderBytes), decodedBytes)
  if (!deliveries) return failure('bad_body', 'the body is not zstd over a JSON array of deliveries')

  let eventCount = 0
  for (const delivery of deliveries) eventCount += delivery.events.length
  if (eventCount !== header.eventCount)
    return failure('count_mismatch', `${eventCount} events, the header says ${header.eventCount}`)
  return { ok: true, header, deliveries }
}

/** The header alone, of a record that arrived whole: what it says holds even where the body cannot be read. */
export function readRecordHeader(data: Uint8Array): HeaderResult {
  const record = asBuffer(data)
  if (record.length < recordHeaderBytes)
    return failure('too_short', `${record.length} bytes cannot hold the ${recordHeaderBytes}-byte header`)
  if (record.readUInt32BE(0) !== magic) return failure('bad_magic', 'not a record of ours')
  if (record.readUInt8(4) !== formatVersion)
    return failure('unknown_version', `format version ${record.readUInt8(4)}, this reader knows ${formatVersion}`)
  if (record.readUInt32BE(checksumAt) !== checksum(record))
    return failure('checksum_mismatch', 'the record was cut or altered on its way')
  const header: RecordHeader = {
    producerId: record.toString('hex', 16, 24),
    producerSequence: Number(record.readBigUInt64BE(24)),
    traceId: record.toString('hex', 32, 48),
    createdAt: Number(record.readBigUInt64BE(48)),
    eventCount: record.readUInt32BE(8),
  }
  return { ok: true, header }
}

/** The trace of what looks like a record of ours, without a look at the rest of it. */
export function traceIdOf(data: Uint8Array): string | undefined {
  const record = asBuffer(data)
  if (record.length < recordHeaderBytes || record.readUInt32BE(0) !== magic) return undefined
  return record.toString('hex', 32, 48)
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/** The least that zlib takes for a piece of output. One piece for all of it spares putting pieces together. */
const minChunkBytes = 64

function decodeBody(body: Uint8Array, decodedBytes: number): Delivery[] | undefined {
  try {
    const json = decompress(body, {
      maxOutputLength: Math.max(decodedBytes, 1),
      chunkSize: Math.max(decodedBytes, minChunkBytes),
    })
    const deliveries: unknown = JSON.parse(json.toString())
    return Array.isArray(deliveries) && deliveries.every(isDelivery) ? deliveries : undefined
  } catch {
    return undefined
  }
}

/** Enough to walk a delivery without a crash; what it holds was checked before it was stored. */
function isDelivery(value: unknown): value is Delivery {
  const delivery = value as Delivery | null
  return typeof delivery === 'object' && typeof delivery?.site === 'string' && Array.isArray(delivery.events)
}

function checksum(record: Buffer): number {
  return crc32(record.subarray(recordHeaderBytes), crc32(record.subarray(0, checksumAt)))
}

function failure(code: RecordErrorCode, message: string): Failure {
  return { ok: false, error: { code, message } }
}
