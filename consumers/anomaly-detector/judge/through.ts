/**
 * How far the detector is with the stream: the time before which no record is left to it in any shard. Looked up in the
 * stream itself, since nobody else knows of a shard without traffic whether nothing comes or nothing is read: what
 * lies behind the detector's checkpoint is asked for, one record of each shard.
 *
 *     checkpoint      next record           now
 *     ───┬─────────────────┬─────────────────┬──▶ shard A: until the next record was made
 *     ───┬───────────────────────────────────┬──▶ shard B: until now, for nothing is left
 */
import { decodeRecord } from '../../../stream/record.ts'
import type { Checkpoints } from '../../runtime/checkpoints.ts'
import type { StreamRecord } from '../../runtime/consumer.ts'
import { inParallel } from '../../runtime/exactly-once.ts'
import type { ShardReader } from '../../runtime/shard-reader.ts'
import { consumerName } from '../detector.ts'

export type ThroughOptions = {
  reader: ShardReader
  checkpoints: Pick<Checkpoints, 'find'>
  now: () => number
}

/** Kinesis may answer with nothing before it comes to the next record; a throttled read looks the same. */
const mostReads = 5

/** @returns epoch milliseconds; 0 when it is not known of a shard */
export async function handledThrough(options: ThroughOptions): Promise<number> {
  let through = Number.POSITIVE_INFINITY
  const shards = await options.reader.listShards()
  await inParallel(shards, async ({ shardId }) => {
    const at = await shardThrough(options, shardId)
    through = Math.min(through, at)
  })
  return Number.isFinite(through) ? through : 0
}

async function shardThrough({ reader, checkpoints, now }: ThroughOptions, shardId: string): Promise<number> {
  const checkpoint = await checkpoints.find(consumerName, shardId)
  if (checkpoint?.ended) return Number.POSITIVE_INFINITY
  // Before the stream is asked: what comes meanwhile is found, or later than this.
  const at = now()
  const cursor = reader.open(shardId, checkpoint?.sequence)
  for (let reads = 0; reads < mostReads; reads++) {
    const { records, ended, millisBehind } = await cursor.read(1)
    const [next] = records
    if (next) return madeAt(next)
    if (ended) return Number.POSITIVE_INFINITY
    if (millisBehind === 0) return at
  }
  return 0
}

/** What was received is no younger than its record; what waited in the overflow is older than its arrival. */
function madeAt({ data, arrivedAt }: StreamRecord): number {
  const result = decodeRecord(data)
  return result.ok ? Math.min(result.header.createdAt, arrivedAt) : arrivedAt
}
