/** The table `ledger`, as it is read: what one consumer counted in a range of arrival. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { arrivalMinute, type LedgerEntry, ledgerAccount, minuteText, parseLedgerItem } from './ledger.ts'

const dayMs = 86_400_000

/** @param range epoch milliseconds; minutes that begin before `to`, from the one that holds `from` */
export async function readLedgerEntries(
  client: DynamoDBClient,
  table: string,
  consumer: string,
  { from, to }: { from: number; to: number },
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  for (let day = from - (from % dayMs); day < to; day += dayMs) {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'account = :account AND #entry >= :from',
        ExpressionAttributeNames: { '#entry': 'entry' },
        ExpressionAttributeValues: {
          ':account': { S: ledgerAccount(consumer, day) },
          ':from': { S: minuteText(arrivalMinute(from)) },
        },
        ConsistentRead: true,
      },
    )
    for await (const { Items = [] } of pages)
      for (const item of Items) {
        const entry = parseLedgerItem(item as Parameters<typeof parseLedgerItem>[0])
        if (entry.minute < to) entries.push(entry)
      }
  }
  return entries
}
