/** The ledger's entries of a range, the two consumers' side by side. */
import { paginateQuery } from '@aws-sdk/client-dynamodb'
import { consumerName as aggregator } from '../../consumers/aggregator/aggregator.ts'
import { consumerName as archiver } from '../../consumers/archiver/archiver.ts'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import {
  arrivalMinute,
  type LedgerEntry,
  ledgerAccount,
  minuteText,
  parseLedgerItem,
} from '../../consumers/runtime/shapes/ledger.ts'

export type ShardMinute = {
  shardId: string
  /** Start of the arrival minute, epoch milliseconds. */
  minute: number
  aggregator?: LedgerEntry
  archiver?: LedgerEntry
}

const dayMs = 86_400_000

/** Ascending by minute and shard. */
export async function readLedger(
  environment: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  range: ArrivalRange,
): Promise<ShardMinute[]> {
  const found = new Map<string, ShardMinute>()
  for (let day = range.from - (range.from % dayMs); day < range.to; day += dayMs) {
    for (const consumer of [aggregator, archiver] as const) {
      for (const entry of await readAccount(environment, ledgerAccount(consumer, day), range)) {
        const { shardId, minute } = entry
        const name = `${minuteText(minute)} ${shardId}`
        found.set(name, { ...(found.get(name) ?? { shardId, minute }), [consumer]: entry })
      }
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shardMinute]) => shardMinute)
}

async function readAccount(
  { clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  account: string,
  { from, to }: ArrivalRange,
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = []
  const pages = paginateQuery(
    { client: clients.dynamo },
    {
      TableName: table('ledger'),
      KeyConditionExpression: 'account = :account AND #entry >= :from',
      ExpressionAttributeNames: { '#entry': 'entry' },
      ExpressionAttributeValues: { ':account': { S: account }, ':from': { S: minuteText(arrivalMinute(from)) } },
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages)
    for (const item of Items) {
      const entry = parseLedgerItem(item as Parameters<typeof parseLedgerItem>[0])
      if (entry.minute < to) entries.push(entry)
    }
  return entries
}
