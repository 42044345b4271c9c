/** The ledger's entries of a range, the two consumers' side by side. */
import { consumerName as aggregator } from '../../consumers/aggregator/aggregator.ts'
import { consumerName as archiver } from '../../consumers/archiver/archiver.ts'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { type LedgerEntry, minuteText } from '../../consumers/runtime/shapes/ledger.ts'
import { readLedgerEntries } from '../../consumers/runtime/shapes/read-ledger.ts'

export type ShardMinute = {
  shardId: string
  /** Start of the arrival minute, epoch milliseconds. */
  minute: number
  aggregator?: LedgerEntry
  archiver?: LedgerEntry
}

/** Ascending by minute and shard. */
export async function readLedger(
  { clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  range: ArrivalRange,
): Promise<ShardMinute[]> {
  const found = new Map<string, ShardMinute>()
  for (const consumer of [aggregator, archiver] as const)
    for (const entry of await readLedgerEntries(clients.dynamo, table('ledger'), consumer, range)) {
      const { shardId, minute } = entry
      const name = `${minuteText(minute)} ${shardId}`
      found.set(name, { ...(found.get(name) ?? { shardId, minute }), [consumer]: entry })
    }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shardMinute]) => shardMinute)
}
