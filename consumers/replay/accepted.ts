/** How many events the live aggregator says have arrived, of those that a replay should find again. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { consumerName } from '../aggregator/aggregator.ts'
import type { Segment } from '../aggregator/shapes/segments.ts'
import { ledgerRetentionMs } from '../runtime/shapes/ledger.ts'
import { readLedgerEntries } from '../runtime/shapes/read-ledger.ts'
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
  for (const segment of segments) {
    const range = { from: segment.start, to: segment.end }
    for (const { minute, counts } of await readLedgerEntries(client, table, consumerName, range))
      if (isWholeMinute(segment, minute)) accepted += counts.accepted - counts.quarantined
  }
  return accepted
}
