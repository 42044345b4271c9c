/**
 * Archived records back into a stream, for consumers that know nothing but Kinesis: the batches that came once, under
 * their producers' numbers, so that whoever knows a batch by those still does.
 *
 * Each shard of old has a lane of its own in the new stream, one hash key: its records land in one shard, in their order.
 * Shards that were split or merged go after those that they came from. How far each has been sent is written down after every
 * record (sent-places.ts), so that a run that was interrupted goes on: only a record whose fate is unknown then comes twice.
 */
import { type KinesisClient, ProvisionedThroughputExceededException, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { encodeRecord } from '../../stream/record.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'
import type { SentPlace, SentPlaces } from './sent-places.ts'
import { type Family, toFamilies } from './shard-families.ts'
import type { ReplaySource, Stretch } from './sources/source.ts'

/** Stores one record behind the one that this lane stored last; returns when it is there. */
export type PutInOrder = (record: Uint8Array, lane: Lane) => Promise<void>
/** `last` is the sequence number that the lane's last record was given. */
export type Lane = { shardId: string; hashKey: string; last?: string | undefined }
export type Waits = { now(): number; pause(ms: number): Promise<void> }
/** Of all runs, those that were interrupted too. */
export type SentCounts = { records: number; events: number; shards: number }

export type ToStream = {
  /** Records that hold something received in it are sent, whole. */
  stretch: Stretch
  /** Events a second, over all lanes. */
  rate: number
  put: PutInOrder
  places: SentPlaces
  waits: Waits
  onSent(counts: SentCounts): void
  /** Ends it when what is under way is written down. */
  signal: AbortSignal
}

const nowhere = { records: 0, events: 0, revision: 0 }

/** Of each lane that is read, two objects of the archive are in memory. */
const parallelFamilies = 8
const hashKeys = 1n << 128n
/** The SDK has tried several times by then. A stream that stays too narrow for minutes should be made wider. */
const throttledPauseMs = 1000
const mostThrottled = 300

/** @throws the reason of the signal, or the first error of a lane, once no lane sends any more */
export async function sendToStream(source: ReplaySource, task: ToStream): Promise<SentCounts> {
  const { stretch, rate, put, places, waits, onSent, signal } = task
  const families = toFamilies(await source.shards())
  const lanes = toLanes(families)
  const sent = await places.load()
  const counts: SentCounts = { records: 0, events: 0, shards: sent.size }
  for (const { records, events } of sent.values()) addTo(counts, { records, events })
  const keepPace = createPace(rate, waits)
  const left = [...families]
  let hasFailed = false
  const isStopped = () => hasFailed || signal.aborted

  async function sendShard(lane: Lane): Promise<void> {
    const { shardId } = lane
    const begun = sent.get(shardId)
    let place: Omit<SentPlace, 'sequence'> = begun ?? nowhere
    for await (const records of source.read(shardId, { ...stretch, ...(begun && { after: begun.sequence }) }))
      for (const record of records) {
        if (!isWithin(stretch, record)) continue
        const events = record.header.eventCount
        await keepPace(events)
        if (isStopped()) return
        await put(encode(record), lane)
        if (place.revision === 0) counts.shards++
        place = { records: place.records + 1, events: place.events + events, revision: place.revision + 1 }
        await places.save(shardId, { ...place, sequence: record.sequenceNumber })
        addTo(counts, { records: 1, events })
        onSent(counts)
      }
  }

  async function sendFamilies(): Promise<void> {
    try {
      for (let family = left.shift(); family && !isStopped(); family = left.shift())
        for (const { shardId } of family) await sendShard(lanes.get(shardId) as Lane)
    } catch (error) {
      hasFailed = true
      throw error
    }
  }

  const ends = await Promise.allSettled(Array.from({ length: parallelFamilies }, sendFamilies))
  signal.throwIfAborted()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  await places.clear()
  return counts
}

function addTo(counts: SentCounts, { records, events }: Omit<SentCounts, 'shards'>): void {
  counts.records += records
  counts.events += events
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
