/**
 * What each site did in each minute, as far as each shard brought it (table `minutes`):
 *
 *     site      S  partition key
 *     minute    S  sort key, `2026-11-23T06:15#shardId-000000000000`
 *     sequence  S  last sequence number counted (consumers/runtime/exactly-once.ts)
 *     figures   B  JSON in zstd: `SavedMinute` (watch/figures.ts)
 *     expiresAt N  epoch seconds
 *
 * Beside them lies what the judge made of all shards together (judge/judged-minutes.ts).
 */
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { packed, unpacked } from '../../stream/packed.ts'
import { createVersionedStore, type VersionedStore } from '../runtime/exactly-once.ts'
import { MinuteTally, type SavedMinute } from './watch/figures.ts'
import { minuteMs } from './watch/kinds.ts'

export type MinuteKey = { site: string; minute: number; shardId: string }
export type MinuteStore = VersionedStore<MinuteKey, MinuteTally>

/** For longer than anybody is down without being missed. Visitors are in it as 32 bits of a hash, some of them (watch/visitor-sample.ts). */
export const keptMs = 3 * 86_400_000

export function createMinuteStore(client: DynamoDBClient, table: string): MinuteStore {
  return createVersionedStore<MinuteKey, MinuteTally>(client, table, {
    keyOf: ({ site, minute, shardId }) => ({ site: { S: site }, minute: { S: `${minuteText(minute)}#${shardId}` } }),
    toItem: ({ minute }, tally) => ({ figures: packed(tally.toJson()), expiresAt: expiry(minute) }),
    fromItem: ({ figures }) =>
      // Those of before this format had counts alone: what they counted is not missed for long.
      figures?.B ? MinuteTally.fromJson(unpacked<SavedMinute>(figures)) : MinuteTally.empty(),
    empty: MinuteTally.empty,
  })
}

export function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs
}

/** @throws RangeError when the time is none */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
}

/** The reverse, of a sort key that begins with it. */
export function minuteFrom(key: string): number {
  return Date.parse(`${key.split('#', 1)[0]}Z`)
}

export function expiry(minute: number): AttributeValue {
  return { N: String(Math.ceil((minute + keptMs) / 1000)) }
}
