/** The two questions that the producer asks Kinesis. Retrying is the producer's business, so the client never does. */
import {
  KinesisClient,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
  PutRecordsCommand,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Shard, toShard } from '../stream/shard-map.ts'
import type { PutOutcome, PutRecords } from './put-records.ts'

export function createKinesisClient(): KinesisClient {
  return new KinesisClient({
    maxAttempts: 1,
    // The same command again and again: its middleware is put together once.
    cacheMiddleware: true,
    // HTTP/1.1, which every AWS-compatible server speaks. A connection is there within a second or not at all; an
    // answer that takes longer than two counts as lost, and the record is sent again under the same number.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true }),
  })
}

export function putRecordsTo(client: KinesisClient, stream: string): PutRecords {
  return async (records) => {
    try {
      const answer = await client.send(
        new PutRecordsCommand({
          StreamName: stream,
          Records: records.map(({ hashKey, partitionKey, record }) => ({
            Data: record,
            PartitionKey: partitionKey,
            ExplicitHashKey: hashKey,
          })),
        }),
      )
      return records.map((_, i) => toOutcome(answer.Records?.[i] ?? {}))
    } catch (cause) {
      const throttled = cause instanceof ProvisionedThroughputExceededException
      return records.map(() => ({ stored: false, throttled, cause }))
    }
  }
}

function toOutcome(entry: PutRecordsResultEntry): PutOutcome {
  if (entry.SequenceNumber && entry.ShardId) return { stored: true, shardId: entry.ShardId }
  const cause = new Error(`${entry.ErrorCode}: ${entry.ErrorMessage}`)
  return { stored: false, throttled: entry.ErrorCode === 'ProvisionedThroughputExceededException', cause }
}

/** All shards that the stream still has records of, closed ones included. */
export async function listShards(client: KinesisClient, stream: string): Promise<Shard[]> {
  const shards: Shard[] = []
  let next: string | undefined
  do {
    const page = await client.send(new ListShardsCommand(next ? { NextToken: next } : { StreamName: stream }))
    shards.push(...(page.Shards ?? []).map(toShard))
    next = page.NextToken
  } while (next)
  return shards
}
