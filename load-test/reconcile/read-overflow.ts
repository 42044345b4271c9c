/** Records that wait in the S3 overflow to be put into the stream: each object is the bytes of one record. */
import { GetObjectCommand, NoSuchBucket, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'

const prefix = 'overflow/'

export type OverflowObject = { key: string; data: Uint8Array }

/** Objects that are redriven while this reads are in the stream by then, and left out. */
export async function* readOverflow(client: S3Client, bucket: string): AsyncGenerator<OverflowObject> {
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
      for (const { Key: key = '' } of Contents) {
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
