/** The table `cells`, as the aggregator writes it. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createVersionedStore, type VersionedStore } from '../runtime/exactly-once.ts'
import { type Cell, decodeCell, emptyCell, encodeCell } from './shapes/cell.ts'
import { type CellKey, cellText, granularityMs, minuteRetentionMs, seriesOf } from './shapes/cell-key.ts'

export type CellStore = VersionedStore<CellKey, Cell>

export function createCellStore(client: DynamoDBClient, table: string): CellStore {
  return createVersionedStore<CellKey, Cell>(client, table, {
    keyOf: (key) => ({ series: { S: seriesOf(key.site, key.granularity) }, cell: { S: cellText(key) } }),
    toItem: (key, cell) => ({ data: { B: encodeCell(cell) }, ...expiry(key) }),
    fromItem: (item) => (item.data?.B ? decodeCell(item.data.B) : emptyCell()),
    empty: emptyCell,
  })
}

function expiry(key: CellKey) {
  if (key.granularity !== 'minute') return {}
  return { expiresAt: { N: String(Math.ceil((key.start + granularityMs.minute + minuteRetentionMs) / 1000)) } }
}
