/** Reading shards: which there are, and the records of one after a sequence number. */
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { type Shard, toShard } from '../../stream/shard-map.ts'
import type { StreamRecord } from './consumer.ts'

export type ReadResult = {
  records: StreamRecord[]
  /** The shard is closed and this was the last of it. */
  ended: boolean
  /** How far the last record of this answer is behind the newest: 0 when everything is read. */
  millisBehind: number
}

/** Reads on from where it stopped; one cursor belongs to one reader. */
export type ShardCursor = { read(limit: number): Promise<ReadResult> }

export type ShardReader = {
  listShards(): Promise<Shard[]>
  /** @param after the last record already handled; undefined: from the oldest that is kept */
  open(shardId: string, after: SequenceNumber | undefined): ShardCursor
}

export function createShardReader(client: KinesisClient, stream: string): ShardReader {
  async function iteratorAfter(shardId: string, after: SequenceNumber | undefined): Promise<string | undefined> {
    const start = after
      ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after } as const)
      : ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
    const answer = await client.send(new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ...start }))
    return answer.ShardIterator
  }

  return {
    async listShards() {
      const shards: Shard[] = []
      let next: string | undefined
      do {
        const page = await client.send(new ListShardsCommand(next ? { NextToken: next } : { StreamName: stream }))
        shards.push(...(page.Shards ?? []).map(toShard))
        next = page.NextToken
      } while (next)
      return shards
    },

    open(shardId, after) {
      let position = after
      let iterator: string | undefined
      return {
        async read(limit) {
          iterator ??= await iteratorAfter(shardId, position)
          try {
            const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }))
            const records = (answer.Records ?? []).map((record) => ({
              sequenceNumber: record.SequenceNumber ?? '',
              data: record.Data ?? new Uint8Array(),
              arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
            }))
            position = records.at(-1)?.sequenceNumber ?? position
            iterator = answer.NextShardIterator
            return { records, ended: iterator === undefined, millisBehind: answer.MillisBehindLatest ?? 0 }
          } catch (error) {
            // Iterators last five minutes; whatever else went wrong, the next read starts from the position too.
            iterator = undefined
            if (error instanceof ExpiredIteratorException) return { records: [], ended: false, millisBehind: 1 }
            throw error
          }
        },
      }
    },
  }
}
