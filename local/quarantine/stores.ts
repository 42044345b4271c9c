/** The quarantine as a person looks at it: what lies in S3, and the way back into the stream. */
import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { HeadObjectCommand, ListObjectsCommand, type S3Client } from '@aws-sdk/client-s3'
import { createClients } from '../../consumers/runtime/clients.ts'
import { inParallel } from '../../consumers/runtime/exactly-once.ts'
import { createObjects } from '../../consumers/runtime/objects.ts'
import { retryPartitionKey } from '../../consumers/runtime/quarantine.ts'
import {
  parseQuarantineKey,
  type QuarantineKey,
  quarantineFolder,
} from '../../consumers/runtime/shapes/quarantine-key.ts'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import { listPages } from '../../stream/list-pages.ts'
import { compareSequence } from '../../stream/sequence.ts'
import type { Settings } from '../../stream/settings.ts'

export type QuarantineEntry = QuarantineKey & {
  key: string
  /** When it was put here: ISO 8601. */
  since: string
  /** When Kinesis had it: ISO 8601; '' when the object does not say. */
  arrived: string
  code: string
  reason: string
  bytes: number
}

export type QuarantineStores = {
  /** Everything that is there, by consumer, shard and sequence. */
  list(): Promise<QuarantineEntry[]>
  get(key: string): Promise<Uint8Array>
  delete(key: string): Promise<void>
  /** Puts a record back for the consumer that passed it over; resolves when Kinesis has acknowledged it. */
  putBack(entry: QuarantineKey, data: Uint8Array): Promise<{ shardId: string; sequenceNumber: string }>
}

export function createQuarantineStores(settings: Settings): QuarantineStores {
  const { kinesis, s3 } = createClients()
  const objects = createObjects(s3, settings.RETRACE_BUCKET)
  return {
    list: () => listEntries(s3, settings.RETRACE_BUCKET),
    get: (key) => objects.get(key),
    delete: (key) => objects.delete(key),
    async putBack(entry, data) {
      const answer = await kinesis.send(
        new PutRecordCommand({
          StreamName: settings.RETRACE_STREAM,
          Data: data,
          PartitionKey: retryPartitionKey(entry),
          ExplicitHashKey: await hashKeyOf(kinesis, settings.RETRACE_STREAM, entry.shardId),
        }),
      )
      return { shardId: answer.ShardId ?? '', sequenceNumber: answer.SequenceNumber ?? '' }
    },
  }
}

async function listEntries(s3: S3Client, bucket: string): Promise<QuarantineEntry[]> {
  const entries: QuarantineEntry[] = []
  const list = (Marker?: string) =>
    s3.send(new ListObjectsCommand({ Bucket: bucket, Prefix: quarantineFolder, Marker }))
  for await (const objects of listPages(list))
    await inParallel(objects, async ({ Key = '', LastModified, Size = 0 }) => {
      const parsed = parseQuarantineKey(Key)
      if (!parsed) return
      const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))
      const { code = '', reason = '', arrived = '' } = Metadata
      entries.push({
        ...parsed,
        key: Key,
        since: LastModified?.toISOString() ?? '',
        arrived,
        code,
        reason,
        bytes: Size,
      })
    })
  return entries.sort(
    (a, b) =>
      a.consumer.localeCompare(b.consumer) ||
      a.shardId.localeCompare(b.shardId) ||
      compareSequence(a.sequenceNumber, b.sequenceNumber),
  )
}

/** Leads to the shard, or to the one that owns its first key since it was split or merged; when it is forgotten, to any. */
async function hashKeyOf(client: KinesisClient, stream: string, shardId: string): Promise<string> {
  const shards = await createShardReader(client, stream).listShards()
  return shards.find((shard) => shard.shardId === shardId)?.startingHashKey ?? '0'
}
