/** What the endpoint took and rejected, minute by minute, for who watches the pipeline (stream/endpoint-minute.ts). */
import { randomBytes } from 'node:crypto'
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type EndpointMinute, endpointMinuteItem } from '../stream/endpoint-minute.ts'
import type { Metrics } from './metrics.ts'

export type MinuteCountsOptions = {
  metrics: Pick<Metrics, 'accepted' | 'rejectedByCode'>
  put: (minute: number, counts: EndpointMinute) => Promise<void>
  now: () => number
}

export type MinuteCounts = {
  /**
   * Writes what was counted since the last time into the present minute, if the last time is long enough ago, or in any case.
   * What could not be written is, the next time.
   *
   * @throws what the store threw
   */
  tell(inAnyCase?: boolean): Promise<void>
}

/** A minute is judged twenty seconds after its end: what it counted last is in it, or in the next. */
const everyMs = 20_000
const minuteMs = 60_000

export function createMinuteCounts({ metrics, put, now }: MinuteCountsOptions): MinuteCounts {
  let told = totalsOf(metrics)
  let lastAt = now()
  /** What the present minute's item holds. */
  let current: { minute: number; counts: EndpointMinute } = { minute: 0, counts: { accepted: 0, rejected: [] } }

  return {
    async tell(inAnyCase = false) {
      const at = now()
      if (!inAnyCase && at - lastAt < everyMs) return
      lastAt = at
      const totals = totalsOf(metrics)
      const added = difference(totals, told)
      if (added.accepted === 0 && added.rejected.length === 0) return
      const minute = Math.floor(at / minuteMs) * minuteMs
      const counts = minute === current.minute ? sum(current.counts, added) : added
      await put(minute, counts)
      current = { minute, counts }
      told = totals
    },
  }
}

/** @returns a `put` of an instance that nobody else is */
export function putMinutesTo(client: DynamoDBClient, table: string): MinuteCountsOptions['put'] {
  const instance = randomBytes(8).toString('hex')
  return async (minute, counts) => {
    await client.send(new PutItemCommand({ TableName: table, Item: endpointMinuteItem(instance, minute, counts) }))
  }
}

function totalsOf({ accepted, rejectedByCode }: MinuteCountsOptions['metrics']): EndpointMinute {
  return { accepted, rejected: [...rejectedByCode] }
}

function difference({ accepted, rejected }: EndpointMinute, before: EndpointMinute): EndpointMinute {
  const known = new Map(before.rejected)
  const added = rejected.map(([code, count]): [string, number] => [code, count - (known.get(code) ?? 0)])
  return { accepted: accepted - before.accepted, rejected: added.filter(([, count]) => count > 0) }
}

function sum(one: EndpointMinute, other: EndpointMinute): EndpointMinute {
  const rejected = new Map(one.rejected)
  for (const [code, count] of other.rejected) rejected.set(code, (rejected.get(code) ?? 0) + count)
  return { accepted: one.accepted + other.accepted, rejected: [...rejected] }
}
