/** Reads how often days of a site have changed (consumers/aggregator/shapes/day-revisions.ts). */
import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { attributeOf, keyOf, monthOf } from '../../consumers/aggregator/shapes/day-revisions.ts'

/** Of a UTC day, `YYYY-MM-DD`: 0 when it never changed. */
export type Revisions = (day: string) => number

/** BatchGetItem takes so many keys. */
const batchSize = 100
/** Attempts to read what it leaves unprocessed, when it is throttled. */
const maxRounds = 8

/**
 * They may be a moment old: a cell that is read after them may be newer than they say, never older.
 *
 * @param months `YYYY-MM`, each once
 */
export async function readRevisions(
  client: DynamoDBClient,
  table: string,
  site: string,
  months: readonly string[],
): Promise<Revisions> {
  const items = new Map<string, Record<string, AttributeValue>>()
  const read = async (batch: readonly string[]) => {
    let keys: Record<string, AttributeValue>[] = batch.map((month) => keyOf(site, month))
    for (let round = 0; keys.length > 0; round++) {
      if (round === maxRounds) throw new Error(`DynamoDB left revisions of ${keys.length} months unread`)
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** round))
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys } } }))
      for (const item of answer.Responses?.[table] ?? []) items.set(item.month?.S ?? '', item)
      keys = answer.UnprocessedKeys?.[table]?.Keys ?? []
    }
  }
  const batches = Array.from({ length: Math.ceil(months.length / batchSize) }, (_, i) =>
    months.slice(i * batchSize, (i + 1) * batchSize),
  )
  await Promise.all(batches.map(read))
  return (day) => Number(items.get(monthOf(day))?.[attributeOf(day)]?.N ?? 0)
}
