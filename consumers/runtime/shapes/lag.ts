/**
 * How far a consumer is behind in a shard (table `lag`): an item a consumer and shard, overwritten by whoever works
 * there. It is for people and alarms: nothing is decided by it, and losing one costs a figure for a moment.
 *
 * - **Milliseconds behind**: the age of the oldest record that is not handled yet. Of what is read, its arrival is
 *   known; for what is not, GetRecords says how far it is from the tip (MillisBehindLatest). Lambda says neither:
 *   there it is the age of the last handled record, which is the most that it can be.
 * - **Records behind**: those read and not handled, counted, and of those not read an estimate: milliseconds from the
 *   tip times the rate at which records have been arriving.
 *
 * A report ages. One who runs on a schedule says within what time it reports again; past that it is silent, and
 * whoever reads the item must not take its figures for those of now.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { SequenceNumber } from '../../../stream/sequence.ts'

/** Twice the longest time for which Lambda gathers a batch: whoever has not reported a record by then has a problem. */
export const pauseMs = 600_000

/** Times are epoch milliseconds. */
export type Lag = {
  consumer: string
  shardId: string
  reportedAt: number
  /** The next report comes within this time; undefined: when there are records (Lambda, which sleeps meanwhile). */
  reportsWithinMs: number | undefined
  behindMs: number
  behindRecords: number
  /** How long records are gathered on purpose before they are handled: to be so far behind is normal. */
  windowMs: number
  /** The last record handled; undefined before the first. */
  position: SequenceNumber | undefined
  arrivedAt: number | undefined
  handledAt: number | undefined
  /** Arrival of the first record since the shard last had a pause of `pauseMs`, as far as this process saw it. */
  activeSince: number | undefined
  /** Records handled since the process started. */
  handledRecords: number
}

/** Of shards that Lambda has read to their end nobody reports any more; longer ago than most streams reach back. */
const keptSeconds = 30 * 86_400

const numbers = [
  'reportedAt',
  'reportsWithinMs',
  'behindMs',
  'behindRecords',
  'windowMs',
  'arrivedAt',
  'handledAt',
  'activeSince',
  'handledRecords',
] as const satisfies readonly (keyof Lag)[]

export function lagKey({ consumer, shardId }: Pick<Lag, 'consumer' | 'shardId'>): Record<string, AttributeValue> {
  return { consumer: { S: consumer }, shard: { S: shardId } }
}

/** What is known, besides the key; what is not keeps its value in the table. */
export function lagAttributes(lag: Lag): Record<string, AttributeValue> {
  const known = numbers.filter((name) => lag[name] !== undefined)
  return {
    ...Object.fromEntries(known.map((name) => [name, { N: String(lag[name]) }])),
    ...(lag.position !== undefined && { position: { S: lag.position } }),
    expiresAt: { N: String(Math.ceil(lag.reportedAt / 1000) + keptSeconds) },
  }
}

export function lagFromItem(item: Record<string, AttributeValue>): Lag {
  const number = (name: (typeof numbers)[number]) => (item[name]?.N === undefined ? undefined : Number(item[name].N))
  return {
    consumer: item.consumer?.S ?? '',
    shardId: item.shard?.S ?? '',
    reportedAt: number('reportedAt') ?? 0,
    reportsWithinMs: number('reportsWithinMs'),
    behindMs: number('behindMs') ?? 0,
    behindRecords: number('behindRecords') ?? 0,
    windowMs: number('windowMs') ?? 0,
    position: item.position?.S,
    arrivedAt: number('arrivedAt'),
    handledAt: number('handledAt'),
    activeSince: number('activeSince'),
    handledRecords: number('handledRecords') ?? 0,
  }
}
