/** How many events the live aggregator says have arrived, of those that a replay should find again. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { consumerName } from '../aggregator/aggregator.ts'
import { granularityMs } from '../aggregator/shapes/cell-key.ts'
import type { Segment } from '../aggregator/shapes/segments.ts'
import { ledgerAccount, ledgerRetentionMs, minuteText, parseLedgerItem } from '../runtime/shapes/ledger.ts'
import { isWholeMinute } from './fold-record.ts'

/**
 * @param now epoch milliseconds
 * @returns without what lies in the quarantine; undefined when the ledger has forgotten a part of these segments
 */
export async function readAccepted(
  client: DynamoDBClient,
  table: string,
  segments: readonly Segment[],
  now: number,
): Promise<number | undefined> {
  if (segments.some(({ start }) => start < now - ledgerRetentionMs)) return undefined
  let accepted = 0
  for (const segment of segments)
    for (let day = dayOf(segment.start); day < segment.end; day += granularityMs.day) {
      const from = Math.max(day, segment.start)
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'account = :account AND #entry >= :from',
          ExpressionAttributeNames: { '#entry': 'entry' },
          ExpressionAttributeValues: {
            ':account': { S: ledgerAccount(consumerName, day) },
            ':from': { S: minuteText(from) },
          },
          ConsistentRead: true,
        },
      )
      for await (const { Items = [] } of pages)
        for (const item of Items) {
          const { minute, counts } = parseLedgerItem(item as Parameters<typeof parseLedgerItem>[0])
          if (isWholeMinute(segment, minute)) accepted += counts.accepted - counts.quarantined
        }
    }
  return accepted
}

function dayOf(at: number): number {
  return Math.floor(at / granularityMs.day) * granularityMs.day
}
