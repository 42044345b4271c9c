/** What a replay reads: the records of a stretch of the stream, as the aggregator gets them. */
import type { SequenceNumber } from '../../../stream/sequence.ts'
import type { Shard } from '../../../stream/shard-map.ts'
import type { DecodedStreamRecord } from '../../runtime/records.ts'

export type ReplaySource = {
  /** Shards that hold something of the stretch, with their parents. */
  shards(): Promise<readonly Shard[]>
  /** One shard's records in stream order, in batches, that came into the stream in [from, to) (epoch ms), after a sequence number if given. */
  read(
    shardId: string,
    stretch: { from: number; to: number; after?: SequenceNumber },
  ): AsyncIterable<readonly DecodedStreamRecord[]>
}
