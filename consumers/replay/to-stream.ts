/**
 * Archived records back into a stream, for consumers that know nothing but Kinesis: the batches that came once, under
 * their producers' numbers, so that whoever knows a batch by those still does.
 *
 * Each shard of old has a lane of its own in the new stream, one hash key: its records land in one shard, in their order.
 * Shards that were split or merged go after those that they came from.
 */
import { type KinesisClient, ProvisionedThroughputExceededException, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { encodeRecord } from '../../stream/record.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'
import { type Family, toFamilies } from './shard-families.ts'
import type { ReplaySource, Stretch } from './sources/source.ts'

/** Stores one record behind the one that this lane stored last; returns when it is there. */
export type PutInOrder = (record: Uint8Array, lane: Lane) => Promise<void>
/** `last` is the sequence number that the lane's last record was given. */
export type Lane = { shardId: string; hashKey: string; last?: string | undefined }
export type Waits = { now(): number; pause(ms: number): Promise<void> }
export type SentCounts = { records: number; events: number; shards: number }

/** Of each lane that is read, two objects of the archive are in memory. */
const parallelFamilies = 8
const hashKeys = 1n << 128n
/** The SDK has tried several times by then. A stream that stays too narrow for minutes should be made wider. */
const throttledPauseMs = 1000
const mostThrottled = 300

/**
 * @param stretch records that hold something received in it are sent, whole
 * @param rate events a second, over all lanes
 */
export async function sendToStream(
  source: ReplaySource,
  stretch: Stretch,
  rate: number,
  put: PutInOrder,
  waits: Waits,
  onSent: (counts: SentCounts) => void,
): Promise<SentCounts> {
  const families = toFamilies(await source.shards())
  const lanes = toLanes(families)
  const counts: SentCounts = { records: 0, events: 0, shards: 0 }
  const keepPace = createPace(rate, waits)
  const left = [...families]
  let hasFailed = false

  async function sendShard(lane: Lane): Promise<void> {
    let sent = 0
    for await (const records of source.read(lane.shardId, stretch))
      for (const record of records) {
        if (hasFailed) return
        if (!isWithin(stretch, record)) continue
        await keepPace(record.header.eventCount)
        await put(encode(record), lane)
        if (sent++ === 0) counts.shards++
        counts.records++
        counts.events += record.header.eventCount
        onSent(counts)
      }
  }

  async function sendFamilies(): Promise<void> {
    for (let family = left.shift(); family && !hasFailed; family = left.shift())
      for (const { shardId } of family) await sendShard(lanes.get(shardId) as Lane)
  }

  await Promise.all(
    Array.from({ length: parallelFamilies }, () =>
      sendFamilies().catch((error: unknown) => {
        hasFailed = true
        throw error
      }),
    ),
  )
  return counts
}

/** One record at a time: of several in one request, Kinesis may store the later ones and refuse an earlier. */
export function putInOrderTo(client: KinesisClient, stream: string, { pause }: Pick<Waits, 'pause'>): PutInOrder {
  return async (record, lane) => {
    for (let refused = 0; ; refused++)
      try {
        const answer = await client.send(
          new PutRecordCommand({
            StreamName: stream,
            Data: record,
            PartitionKey: lane.shardId,
            ExplicitHashKey: lane.hashKey,
            SequenceNumberForOrdering: lane.last,
          }),
        )
        lane.last = answer.SequenceNumber
        return
      } catch (error) {
        if (!(error instanceof ProvisionedThroughputExceededException) || refused >= mostThrottled) throw error
        await pause(throttledPauseMs)
      }
  }
}

/** Spread evenly over the hash keys, whatever shards the new stream has. */
function toLanes(families: readonly Family[]): Map<string, Lane> {
  const shardIds = families.flat().map(({ shardId }) => shardId)
  return new Map(
    shardIds.map((shardId, i) => [
      shardId,
      { shardId, hashKey: String((hashKeys * BigInt(i)) / BigInt(shardIds.length)) },
    ]),
  )
}

function isWithin({ from, to }: Stretch, { deliveries }: DecodedStreamRecord): boolean {
  return deliveries.some(({ received }) => received >= from && received < to)
}

function encode({ header, deliveries }: DecodedStreamRecord): Uint8Array {
  return encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))
}

/** Everybody waits for their turn, in the order in which they asked; a batch goes whole, and those behind it wait for it. */
function createPace(rate: number, { now, pause }: Waits): (events: number) => Promise<void> {
  let next = now()
  return async (events) => {
    const at = Math.max(next, now())
    next = at + (events / rate) * 1000
    if (at > now()) await pause(at - now())
  }
}
