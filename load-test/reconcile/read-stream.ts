/** Everything that a stream holds right now, without being one of its consumers. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'

export type ReadRecord = { shardId: string; sequenceNumber: string; data: Uint8Array }

/** A record has up to 1 MiB, and not every compatible server cuts its answer at 10 MiB as AWS does. */
const recordsAtOnce = 500

/**
 * Shard by shard, parents before children (a child's id is larger), each from its oldest record to the newest.
 * Records that arrive meanwhile may or may not be among them.
 */
export async function* readStream(client: KinesisClient, stream: string): AsyncGenerator<ReadRecord> {
  for (const shardId of await listShardIds(client, stream)) {
    const start = { StreamName: stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' } as const
    let iterator = (await client.send(new GetShardIteratorCommand(start))).ShardIterator
    while (iterator) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsAtOnce }))
      const { Records = [], MillisBehindLatest = 0 } = answer
      for (const { SequenceNumber = '', Data = new Uint8Array() } of Records)
        yield { shardId, sequenceNumber: SequenceNumber, data: Data }
      // AWS may answer with nothing in the midst of a shard, kinesalite with 0 milliseconds behind: both say the end.
      if (Records.length === 0 && MillisBehindLatest === 0) break
      iterator = answer.NextShardIterator
    }
  }
}

async function listShardIds(client: KinesisClient, stream: string): Promise<string[]> {
  const ids: string[] = []
  let next: string | undefined
  do {
    const page = await client.send(new ListShardsCommand(next ? { NextToken: next } : { StreamName: stream }))
    ids.push(...(page.Shards ?? []).map(({ ShardId = '' }) => ShardId))
    next = page.NextToken
  } while (next)
  return ids.sort()
}
