/** Waiting until a set of consumers has read everything, by the places that they saved. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
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
/** The detector judges a minute ten seconds after its end (consumers/anomaly-detector/watermarks.ts), and looks every second. */
const judgedAfterMs = 15_000

/** @throws when no place has moved for a minute */
export async function awaitCaughtUp({ dynamo, tablePrefix, content, abort }: CaughtUpOptions): Promise<void> {
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
    if (behind.length === 0 && Date.now() >= content.newestAt + judgedAfterMs) return
    if (places !== found.join(' ')) movedAt = performance.now()
    places = found.join(' ')
    if (performance.now() - movedAt > stuckMs)
      throw new Error(
        `No progress for ${stuckMs / 1000} s: ${behind.map(({ consumer, shard }) => `${consumer} ${shard}`)}`,
      )
    await sleep(pollMs, undefined, { signal: abort })
  }
}
