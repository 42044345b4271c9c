/** The tables `cells` and `revisions`, as the aggregator writes them. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { TableName } from '../../stream/tables.ts'
import { createVersionedStore, type VersionedStore } from '../runtime/exactly-once.ts'
import { type Cell, decodeCell, emptyCell, encodeCell } from './shapes/cell.ts'
import { type CellKey, cellText, granularityMs, minuteRetentionMs, seriesOf } from './shapes/cell-key.ts'
import { raiseRevisions } from './shapes/day-revisions.ts'

export type CellStore = VersionedStore<CellKey, Cell> & {
  /** Epoch milliseconds; minutes before it are not kept here, and so need not be counted. */
  minutesFrom?: number
  /**
   * Says that cells of these UTC days (`YYYY-MM-DD`, each once) have changed: after all of them are written, and before
   * anything says that they are.
   */
  reviseDays(site: string, days: readonly string[]): Promise<void>
}

export function createCellStore(client: DynamoDBClient, table: (name: TableName) => string): CellStore {
  return {
    ...createVersionedStore<CellKey, Cell>(client, table('cells'), {
      keyOf: (key) => ({ series: { S: seriesOf(key.site, key.granularity) }, cell: { S: cellText(key) } }),
      toItem: (key, cell) => ({ data: { B: encodeCell(cell) }, ...expiry(key) }),
      fromItem: (item) => (item.data?.B ? decodeCell(item.data.B) : emptyCell()),
      empty: emptyCell,
    }),
    reviseDays: (site, days) => raiseRevisions(client, table('revisions'), site, days),
  }
}

function expiry(key: CellKey) {
  if (key.granularity !== 'minute') return {}
  return { expiresAt: { N: String(Math.ceil((key.start + granularityMs.minute + minuteRetentionMs) / 1000)) } }
}
