/**
 * The overflow: records that Kinesis would not take, in S3 until the redriver has put them into the stream. An object
 * is one record, byte for byte; its key says all that the redriver needs, and sorts by time:
 *
 *     overflow/01773144000000-PRODUCER-0000000042-HASHKEY
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

export type OverflowRecord = {
  createdAt: number
  producerId: string
  sequence: number
  /** Decimal: leads to the shard that the record was meant for, or to its children. */
  hashKey: string
  record: Buffer
}

/** Never throws: an outcome is an answer. */
export type PutOverflow = (record: OverflowRecord) => Promise<{ stored: true } | { stored: false; cause: unknown }>

export type OverflowKey = Omit<OverflowRecord, 'record'> & { key: string }

const prefix = 'overflow/'

/** @param requestTimeoutMs of one attempt: short where a page waits, long where nobody does */
export function createS3Client(requestTimeoutMs = 3000): S3Client {
  return new S3Client({
    // A second try hides a hiccup; more would keep requests waiting that could be told to come again.
    maxAttempts: 2,
    // Path style is what AWS-compatible servers without wildcard host names need; S3 itself takes both.
    forcePathStyle: true,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    }),
  })
}

export function putOverflowTo(client: S3Client, bucket: string): PutOverflow {
  return async ({ record, ...names }) => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: overflowKey(names), Body: record }))
      return { stored: true }
    } catch (cause) {
      return { stored: false, cause }
    }
  }
}

/** The oldest records in the overflow, at most `limit` (and at most 1,000, a page of S3's listing). */
export async function listOverflow(client: S3Client, bucket: string, limit: number): Promise<OverflowKey[]> {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: limit }),
  )
  return Contents.map(({ Key = '' }) => parseOverflowKey(Key)).filter((key) => key !== undefined)
}

export async function getOverflow(client: S3Client, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  if (!Body) throw new Error(`the object ${key} came without a body`)
  return Buffer.from(await Body.transformToByteArray())
}

export async function deleteOverflow(client: S3Client, bucket: string, key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
}

function overflowKey({ createdAt, producerId, sequence, hashKey }: Omit<OverflowRecord, 'record'>): string {
  const padded = [String(createdAt).padStart(14, '0'), producerId, String(sequence).padStart(10, '0')]
  return `${prefix}${padded.join('-')}-${BigInt(hashKey).toString(16).padStart(32, '0')}`
}

function parseOverflowKey(key: string): OverflowKey | undefined {
  const match = /^overflow\/(\d{14})-([0-9a-f]{16})-(\d{10,})-([0-9a-f]{32})$/.exec(key)
  if (!match) return undefined
  const [, createdAt, producerId = '', sequence, hashKey] = match
  return {
    key,
    createdAt: Number(createdAt),
    producerId,
    sequence: Number(sequence),
    hashKey: String(BigInt(`0x${hashKey}`)),
  }
}
