/** Records that wait in the S3 overflow to be put into the stream: each object is the bytes of one record. */
import { GetObjectCommand, ListObjectsCommand, NoSuchBucket, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'
import { listPages } from '../../stream/list-pages.ts'
import { overflowFolder } from '../../stream/overflow-key.ts'

export type OverflowObject = { key: string; data: Uint8Array }

/** Objects that are redriven while this reads are in the stream by then, and left out. */
export async function* readOverflow(client: S3Client, bucket: string): AsyncGenerator<OverflowObject> {
  const overflow = { Bucket: bucket, Prefix: overflowFolder }
  try {
    for await (const objects of listPages((Marker) => client.send(new ListObjectsCommand({ ...overflow, Marker }))))
      for (const { Key: key = '' } of objects) {
        const data = await read(client, bucket, key)
        if (data) yield { key, data }
      }
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error
  }
}

async function read(client: S3Client, bucket: string, key: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    return await Body?.transformToByteArray()
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined
    throw error
  }
}
