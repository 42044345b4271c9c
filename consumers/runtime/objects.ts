/** S3, as far as consumers use it: whole objects of one bucket. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { listPages } from '../../stream/list-pages.ts'
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
      const list = (Marker?: string) => client.send(new ListObjectsCommand({ Bucket: bucket, Prefix: prefix, Marker }))
      for await (const objects of listPages(list)) keys.push(...objects.map(({ Key = '' }) => Key))
      return keys
    },
  }
}
