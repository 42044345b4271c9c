/**
 * The overflow: records that Kinesis would not take, in S3 until the redriver has put them into the stream. An object
 * is one record, byte for byte, and its key says where it belongs (stream/overflow-key.ts).
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type OverflowPlace, overflowFolder, overflowKey, parseOverflowKey } from '../stream/overflow-key.ts'

export type OverflowRecord = OverflowPlace & { record: Buffer }

/** Never throws: an outcome is an answer. */
export type PutOverflow = (record: OverflowRecord) => Promise<{ stored: true } | { stored: false; cause: unknown }>

export type OverflowKey = OverflowPlace & { key: string }

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
  // Version 1, which the embedded S3 can cut short (stream/list-pages.ts).
  const { Contents = [] } = await client.send(
    new ListObjectsCommand({ Bucket: bucket, Prefix: overflowFolder, MaxKeys: limit }),
  )
  return Contents.flatMap(({ Key: key = '' }) => {
    const place = parseOverflowKey(key)
    return place ? [{ ...place, key }] : []
  })
}

export async function getOverflow(client: S3Client, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  if (!Body) throw new Error(`the object ${key} came without a body`)
  return Buffer.from(await Body.transformToByteArray())
}

export async function deleteOverflow(client: S3Client, bucket: string, key: string): Promise<void> {
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
}
