/** Reports of replays: JSON in the bucket, whose shape is the engine's; here they are passed on. */
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3'

export type ReportStore = {
  /** @param key as the generation names it */
  find(key: string): Promise<unknown>
}

export function createReportStore(client: S3Client, bucket: string): ReportStore {
  return {
    async find(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return Body ? JSON.parse(await Body.transformToString()) : undefined
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined
        throw error
      }
    },
  }
}
