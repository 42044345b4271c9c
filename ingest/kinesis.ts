/** The two questions that the producer asks Kinesis. Retrying is the producer's business, so the client never does. */
import {
  KinesisClient,
  ListShardsCommand,
  type PutRecordsOutput,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Shard, toShard } from '../stream/shard-map.ts'
import { createKinesisCall } from './kinesis-call.ts'
import type { PutOutcome, PutRecords, RecordToPut } from './put-records.ts'

/** Of a record, or of a whole call. */
const throttling = 'ProvisionedThroughputExceededException'

export function createKinesisClient(): KinesisClient {
  return new KinesisClient({
    maxAttempts: 1,
    // HTTP/1.1, which every AWS-compatible server speaks. A connection is there within a second or not at all; an
    // answer that takes longer than two counts as lost, and the record is sent again under the same number.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true }),
  })
}

export function putRecordsTo(client: KinesisClient, stream: string): PutRecords {
  const call = createKinesisCall(client, 'PutRecords')
  return async (records) => {
    try {
      const answer = (await call(writePutRecords(stream, records))) as PutRecordsOutput
      return records.map((_, i) => toOutcome(answer.Records?.[i] ?? {}))
    } catch (cause) {
      const throttled = cause instanceof Error && cause.name === throttling
      return records.map(() => ({ stored: false, throttled, cause }))
    }
  }
}

/** Names of streams are ASCII, and keys are digits and hexadecimal ones, so nothing in them needs an escape. */
function writePutRecords(stream: string, records: readonly RecordToPut[]): Buffer {
  const texts = records.map(
    ({ hashKey, partitionKey, record }) =>
      `{"Data":"${record.toString('base64')}","PartitionKey":"${partitionKey}","ExplicitHashKey":"${hashKey}"}`,
  )
  return Buffer.from(`{"StreamName":${JSON.stringify(stream)},"Records":[${texts.join(',')}]}`, 'latin1')
}

function toOutcome(entry: PutRecordsResultEntry): PutOutcome {
  if (entry.SequenceNumber && entry.ShardId) return { stored: true, shardId: entry.ShardId }
  const cause = new Error(`${entry.ErrorCode}: ${entry.ErrorMessage}`)
  return { stored: false, throttled: entry.ErrorCode === throttling, cause }
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
