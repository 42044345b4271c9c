/** Waiting until a set of consumers has read everything, by the places that they saved. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { site } from '../load.ts'
import { consumerNames } from './set.ts'
import type { StreamContent } from './stream-content.ts'

export type CaughtUpOptions = {
  dynamo: DynamoDBClient
  tablePrefix: string
  content: StreamContent
  abort: AbortSignal
}

const pollMs = 500
/** Places are saved every 15 s at least, and after a failure a consumer may wait ten before it begins again. */
const stuckMs = 60_000
const minuteMs = 60_000

/** @throws when no place has moved for a minute */
export async function awaitCaughtUp({ dynamo, tablePrefix, content, abort }: CaughtUpOptions): Promise<void> {
  // `2026-11-23T06:15#judged`: the last minute that is over at the newest record. Ten seconds after its end a minute is over for the judge (consumers/anomaly-detector/judge/judge.ts).
  const isJudged = async () => {
    const Key = {
      site: { S: site },
      minute: { S: `${new Date(content.newestAt - minuteMs).toISOString().slice(0, 16)}#judged` },
    }
    const item = new GetItemCommand({ TableName: `${tablePrefix}minutes`, Key, ConsistentRead: true })
    return (await dynamo.send(item)).Item !== undefined
  }
  const wanted = consumerNames.flatMap((consumer) =>
    [...content.ends].map(([shard, sequence]) => ({ consumer, shard, sequence })),
  )
  let places = ''
  let movedAt = performance.now()
  while (true) {
    const found = await Promise.all(
      wanted.map(async ({ consumer, shard }) => {
        const Key = { consumer: { S: consumer }, shard: { S: shard } }
        const item = new GetItemCommand({ TableName: `${tablePrefix}checkpoints`, Key, ConsistentRead: true })
        return (await dynamo.send(item)).Item?.sequence?.S
      }),
    )
    const behind = wanted.filter(({ sequence }, i) => found[i] !== sequence)
    if (behind.length === 0 && (await isJudged())) return
    if (places !== found.join(' ')) movedAt = performance.now()
    places = found.join(' ')
    if (performance.now() - movedAt > stuckMs)
      throw new Error(
        `No progress for ${stuckMs / 1000} s: ${behind.map(({ consumer, shard }) => `${consumer} ${shard}`)}`,
      )
    await sleep(pollMs, undefined, { signal: abort })
  }
}
