/**
 * Which days of a site may have changed: the table `revisions` (docs/decisions/0024-days-have-revisions.md). An item is
 * a month of a site:
 *
 *     site    S  partition key
 *     month   S  sort key, YYYY-MM
 *     d01…d31 N  how often what was counted in that UTC day has changed; absent: never
 *
 * Whoever changes cells of a day raises its revision after that, and before anything says that the change is done. So a
 * reader that knew the revision before it read the day's cells, and finds it unchanged, need not read them again.
 */
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../runtime/exactly-once.ts'

const monthLength = 'YYYY-MM'.length

/**
 * Raises the revisions of days of a site. Done twice, as after an answer that was lost, it does no harm.
 *
 * @param days UTC days, `YYYY-MM-DD`, each once
 */
export async function raiseRevisions(
  client: DynamoDBClient,
  table: string,
  site: string,
  days: readonly string[],
): Promise<void> {
  const months = Map.groupBy(days, monthOf)
  await inParallel(months, async ([month, ofMonth]) => {
    const names = Object.fromEntries(ofMonth.map((day) => [`#${attributeOf(day)}`, attributeOf(day)]))
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: keyOf(site, month),
        UpdateExpression: `ADD ${Object.keys(names)
          .map((name) => `${name} :one`)
          .join(', ')}`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    )
  })
}

export function monthOf(day: string): string {
  return day.slice(0, monthLength)
}

export function keyOf(site: string, month: string) {
  return { site: { S: site }, month: { S: month } }
}

export function attributeOf(day: string): string {
  return `d${day.slice('YYYY-MM-'.length)}`
}
