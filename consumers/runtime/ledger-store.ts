/** The table `ledger`, as consumers write it. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createVersionedStore, type VersionedStore } from './exactly-once.ts'
import {
  countsFromItem,
  countsToItem,
  type LedgerCounts,
  type LedgerKey,
  ledgerAccount,
  ledgerEntryText,
  ledgerRetentionMs,
  noCounts,
} from './shapes/ledger.ts'

export type LedgerStore = VersionedStore<LedgerKey, LedgerCounts> & {
  /** Is told of what a book has written. */
  counted?: (counts: LedgerCounts) => void
}

export function createLedgerStore(client: DynamoDBClient, table: string): LedgerStore {
  return createVersionedStore<LedgerKey, LedgerCounts>(client, table, {
    keyOf: (key) => ({
      account: { S: ledgerAccount(key.consumer, key.minute) },
      entry: { S: ledgerEntryText(key) },
    }),
    toItem: (key, counts) => ({
      ...countsToItem(counts),
      expiresAt: { N: String(Math.ceil((key.minute + ledgerRetentionMs) / 1000)) },
    }),
    fromItem: (item) => countsFromItem(item as Parameters<typeof countsFromItem>[0]),
    empty: noCounts,
  })
}
