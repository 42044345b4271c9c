/** S3, as far as consumers use it: whole objects of one bucket. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import { inStore } from './faults.ts'

export type Objects = {
  put(
    key: string,
    body: Uint8Array,
    options?: { contentType?: string; metadata?: Record<string, string> },
  ): Promise<void>
  /** @throws NoSuchKey when it is not there */
  get(key: string): Promise<Uint8Array>
  delete(key: string): Promise<void>
  /** All keys that begin with a prefix. */
  list(prefix: string): Promise<string[]>
}

export function createObjects(client: S3Client, bucket: string): Objects {
  return {
    async put(key, body, options = {}) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ...(options.contentType && { ContentType: options.contentType }),
          ...(options.metadata && { Metadata: options.metadata }),
        }),
      )
    },
    async get(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      if (!Body) throw new Error(`the object ${key} came without a body`)
      // The body comes after the answer, past the SDK's retries.
      return inStore(() => Body.transformToByteArray())
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    },
    async list(prefix) {
      const keys: string[] = []
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
        keys.push(...Contents.map(({ Key = '' }) => Key))
      return keys
    },
  }
}
