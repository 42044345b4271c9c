/** What consumers made of each arrival minute (table `ledger`, consumers/runtime/shapes/ledger.ts). */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type LedgerEntry, ledgerAccount, minuteText, parseLedgerItem } from '../../consumers/runtime/shapes/ledger.ts'

export type LedgerStore = {
  /** @param from, to start of a minute, epoch milliseconds; `to` is not in it. They are on one UTC day or on two. */
  list(consumer: string, from: number, to: number): Promise<LedgerEntry[]>
}

export function createLedgerStore(client: DynamoDBClient, table: string): LedgerStore {
  return {
    async list(consumer, from, to) {
      const entries: LedgerEntry[] = []
      for (const account of new Set([ledgerAccount(consumer, from), ledgerAccount(consumer, to - 1)])) {
        const query = {
          TableName: table,
          KeyConditionExpression: 'account = :account AND entry BETWEEN :from AND :to',
          // An entry is `MINUTE#SHARD`: the minute alone comes before all of its entries.
          ExpressionAttributeValues: {
            ':account': { S: account },
            ':from': { S: minuteText(from) },
            ':to': { S: minuteText(to) },
          },
        }
        for await (const { Items = [] } of paginateQuery({ client }, query)) entries.push(...Items.map(parseLedgerItem))
      }
      return entries
    },
  }
}
