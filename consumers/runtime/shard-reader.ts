/** Reading shards: which there are, and the records of one after a sequence number. */
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-kinesis'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { type Shard, toShard } from '../../stream/shard-map.ts'
import type { StreamRecord } from './consumer.ts'
import { retryConsumerOf } from './quarantine.ts'

export type ReadResult = {
  records: StreamRecord[]
  /** The shard is closed and this was the last of it. */
  ended: boolean
  /** How far the last record of this answer is behind the newest: 0 when everything is read. */
  millisBehind: number
}

/** Reads on from where it stopped; one cursor belongs to one reader. */
export type ShardCursor = { read(limit: number): Promise<ReadResult> }

/**
 * Where to begin in a shard that nobody has read: with the oldest record that is kept, with the next to come, or with the
 * first that came at a time, epoch milliseconds.
 */
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | { arrivedFrom: number }

export type ShardReader = {
  listShards(): Promise<Shard[]>
  /**
   * @param after the last record already handled
   * @param from where to begin when there is none
   */
  open(shardId: string, after: SequenceNumber | undefined, from?: StartingPosition): ShardCursor
}

/** There may be more, and it is not known how much. */
const nothingYet: ReadResult = { records: [], ended: false, millisBehind: 1 }

/** kinesalite never answers where no record came at that time or later; Kinesis takes some milliseconds. */
const timestampPatienceMs = 5000

export function createShardReader(client: KinesisClient, stream: string): ShardReader {
  async function iteratorAfter(
    shardId: string,
    after: SequenceNumber | undefined,
    from: StartingPosition,
  ): Promise<string | undefined> {
    const shard = { StreamName: stream, ShardId: shardId }
    if (after === undefined && typeof from === 'object') return iteratorAt(shard, from.arrivedFrom)
    const answer = await client.send(
      new GetShardIteratorCommand(
        after !== undefined
          ? { ...shard, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }
          : { ...shard, ShardIteratorType: from === 'LATEST' ? from : 'TRIM_HORIZON' },
      ),
    )
    return answer.ShardIterator
  }

  /** Where nobody says where a time begins, everything is read: more than was asked for, and nothing is missed. */
  async function iteratorAt(
    shard: { StreamName: string; ShardId: string },
    arrivedFrom: number,
  ): Promise<string | undefined> {
    const abortSignal = AbortSignal.timeout(timestampPatienceMs)
    const at = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(arrivedFrom) } as const
    try {
      return (await client.send(new GetShardIteratorCommand({ ...shard, ...at }), { abortSignal })).ShardIterator
    } catch (error) {
      if (!abortSignal.aborted) throw error
      return iteratorAfter(shard.ShardId, undefined, 'TRIM_HORIZON')
    }
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

    open(shardId, after, from = 'TRIM_HORIZON') {
      let position = after
      let iterator: string | undefined
      return {
        async read(limit) {
          try {
            iterator ??= await iteratorAfter(shardId, position, from)
            const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }))
            const records = (answer.Records ?? []).map((record) => ({
              sequenceNumber: record.SequenceNumber ?? '',
              data: record.Data ?? new Uint8Array(),
              arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
              retryFor: retryConsumerOf(record.PartitionKey),
            }))
            position = records.at(-1)?.sequenceNumber ?? position
            iterator = answer.NextShardIterator
            return { records, ended: iterator === undefined, millisBehind: answer.MillisBehindLatest ?? 0 }
          } catch (error) {
            // Others read this shard too. Nothing is wrong with the iterator: it goes on where it stands.
            if (error instanceof ProvisionedThroughputExceededException) return nothingYet
            // Iterators last five minutes; whatever else went wrong, the next read starts from the position too.
            iterator = undefined
            if (error instanceof ExpiredIteratorException) return nothingYet
            throw error
          }
        },
      }
    },
  }
}
