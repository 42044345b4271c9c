/**
 * Reads what Kinesis still holds as what the aggregator got (docs/decisions/0014): for each shard everything from the
 * beginning of a stretch to what had come when the replay began. Imported events come long after they were received by
 * their own account, so the end of a stretch ends nothing.
 */
import { limits } from '../../../stream/limits.ts'
import type { SequenceNumber } from '../../../stream/sequence.ts'
import { consumerName } from '../../aggregator/aggregator.ts'
import type { StreamRecord } from '../../runtime/consumer.ts'
import { type DecodedStreamRecord, decodeRecords } from '../../runtime/records.ts'
import type { ShardReader } from '../../runtime/shard-reader.ts'
import { type ReplaySource, SourceError, type Stretch, stretchText } from './source.ts'

/** What Kinesis says of a stream as a whole. */
export type StreamAge = { createdAt: number; retentionMs: number }

export type StreamStores = {
  reader: Pick<ShardReader, 'listShards' | 'open'>
  age(): Promise<StreamAge>
  now(): number
  pause(ms: number): Promise<void>
}

/** The endpoint's clock and that of Kinesis may differ by it. */
const clockSkewMs = 60_000
/** Reading takes time, and the oldest records go on being deleted: this much of the retention is left alone. */
const trimMarginMs = 3_600_000
/** Two reads a second: all who read a shard share five. */
const readIntervalMs = 500
/** A shard gives 2 MB a second to all who read it together; half of that is for those who are live. */
const bytesPerMs = 1000
/** What one read should bring. After ten megabytes at once Kinesis refuses every reader of the shard for five seconds. */
const readBytes = 500_000
/** Before anything is known of how large records are: ten of the largest are ten megabytes, and hardly any are. */
const firstRecords = 10

/**
 * @param stretch what is checked to be there
 * @throws SourceError `not_covered` when the stream does not go back so far
 */
export async function openStreamSource(stores: StreamStores, stretch: Stretch): Promise<ReplaySource> {
  const openedAt = stores.now()
  const age = await stores.age()
  checkKept(age, stretch, openedAt)
  return {
    shards: () => stores.reader.listShards(),
    read: (shardId, { after, ...part }) => readShard(stores, age, shardId, part, after, openedAt),
  }
}

/**
 * Nothing has been deleted of a stream that is younger than its retention: what it does not hold did not come by it, and
 * every stretch is covered.
 */
function checkKept({ createdAt, retentionMs }: StreamAge, stretch: Stretch, now: number): void {
  const keptFrom = now - retentionMs + trimMarginMs
  if (createdAt >= keptFrom || stretch.from - clockSkewMs >= keptFrom) return
  throw new SourceError(
    'not_covered',
    `the stream holds what came since ${new Date(keptFrom).toISOString()}, not all of ${stretchText(stretch)}`,
  )
}

async function* readShard(
  { reader, now, pause }: StreamStores,
  age: StreamAge,
  shardId: string,
  stretch: Stretch,
  after: SequenceNumber | undefined,
  openedAt: number,
): AsyncGenerator<readonly DecodedStreamRecord[]> {
  const arrivedFrom = stretch.from - clockSkewMs
  const cursor = reader.open(shardId, after, arrivedFrom <= age.createdAt ? 'TRIM_HORIZON' : { arrivedFrom })
  // Where the reading stands, by when records came: what lies behind it may be deleted by now.
  let reached = arrivedFrom
  for (let limit = firstRecords; ; ) {
    // Without the margin, which is what it was left for.
    if (Math.max(reached, age.createdAt) < now() - age.retentionMs)
      throw new SourceError(
        'not_covered',
        `${shardId}: records of ${stretchText(stretch)} were deleted while it was read`,
      )
    const { records, ended, millisBehind } = await cursor.read(limit)
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0)
    const decoded = await decodeRecords({ consumer: consumerName, shardId }, records, after, leaveOut)
    if (decoded.length > 0) yield decoded
    reached = records.at(-1)?.arrivedAt ?? reached
    // On a busy stream hardly any answer is empty. kinesalite says 0 in the middle too, but its answers are full there.
    const isCaughtUp = records.length < limit && millisBehind === 0
    if (ended || isCaughtUp || reached > openedAt + clockSkewMs) return
    limit = nextLimit(records, bytes) ?? limit
    await pause(Math.max(readIntervalMs, bytes / bytesPerMs))
  }
}

/** The aggregator has put it into the quarantine. */
async function leaveOut(): Promise<void> {}

function nextLimit(records: readonly StreamRecord[], bytes: number): number | undefined {
  if (bytes === 0) return undefined
  return Math.min(Math.max(1, Math.floor((readBytes * records.length) / bytes)), limits.getRecordsCount)
}
