/**
 * What each site did in each minute, as far as each shard brought it (table `minutes`):
 *
 *     site      S  partition key
 *     minute    S  sort key, `2026-11-23T06:15#shardId-000000000000`
 *     sequence  S  last sequence number counted (consumers/runtime/exactly-once.ts)
 *     pageviews, clicks  N
 *     expiresAt N  epoch seconds
 */
import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { createVersionedStore, type VersionedStore } from '../runtime/exactly-once.ts'
import { type WatchedMetric, watchedMetrics } from './shapes/alert.ts'

export type MinuteCounts = Record<WatchedMetric, number>
export type MinuteKey = { site: string; minute: number; shardId: string }

export const minuteMs = 60_000
/** The baseline looks back two hours; a day leaves room for a detector that was down. */
const keptSeconds = 24 * 3600

export type MinuteStore = VersionedStore<MinuteKey, MinuteCounts> & {
  /** Counts of all shards together, by start of the minute, for minutes from `from` to before `to`. */
  series(site: string, from: number, to: number): Promise<Map<number, MinuteCounts>>
}

export function createMinuteStore(client: DynamoDBClient, table: string): MinuteStore {
  const store = createVersionedStore<MinuteKey, MinuteCounts>(client, table, {
    keyOf: ({ site, minute, shardId }) => ({ site: { S: site }, minute: { S: `${minuteText(minute)}#${shardId}` } }),
    toItem: ({ minute }, counts) => ({
      pageviews: { N: String(counts.pageviews) },
      clicks: { N: String(counts.clicks) },
      expiresAt: { N: String(Math.ceil(minute / 1000) + keptSeconds) },
    }),
    fromItem: (item) => ({ pageviews: Number(item.pageviews?.N ?? 0), clicks: Number(item.clicks?.N ?? 0) }),
    empty: noCounts,
  })

  return {
    ...store,
    async series(site, from, to) {
      const sums = new Map<number, MinuteCounts>()
      let next: Record<string, AttributeValue> | undefined
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'site = :site AND #minute BETWEEN :from AND :to',
            ExpressionAttributeNames: { '#minute': 'minute' },
            ExpressionAttributeValues: {
              ':site': { S: site },
              ':from': { S: minuteText(from) },
              // Every key of minute `to` goes on after this text and so sorts behind it.
              ':to': { S: minuteText(to) },
            },
            ConsistentRead: true,
            ExclusiveStartKey: next,
          }),
        )
        for (const item of page.Items ?? []) {
          const minute = Date.parse(`${item.minute?.S?.split('#', 1)[0]}Z`)
          const sum = sums.get(minute) ?? noCounts()
          for (const metric of watchedMetrics) sum[metric] += Number(item[metric]?.N ?? 0)
          sums.set(minute, sum)
        }
        next = page.LastEvaluatedKey
      } while (next)
      return sums
    },
  }
}

export function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs
}

export function noCounts(): MinuteCounts {
  return { pageviews: 0, clicks: 0 }
}

/** @throws RangeError when the time is none */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
}
