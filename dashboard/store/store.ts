import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { tables } from '../../stream/tables.ts'
import { type AlertStore, createAlertStore } from './alerts.ts'
import { type CellStore, createCellStore } from './cells.ts'
import { createLagStore, type LagStore } from './lags.ts'
import { createLedgerStore, type LedgerStore } from './ledger.ts'
import { createSiteStore, type SiteStore } from './sites.ts'

export type Store = { cells: CellStore; sites: SiteStore; alerts: AlertStore; lags: LagStore; ledger: LedgerStore }

/** For reads that somebody waits for: a lost connection is noticed in a second, a page of a Query has five. */
export function createDynamoClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true }),
  })
}

export function createStore(client: DynamoDBClient, tablePrefix: string): Store {
  const name = (table: keyof typeof tables) => `${tablePrefix}${table}`
  return {
    cells: createCellStore(client, name('cells')),
    sites: createSiteStore(client, name('sites')),
    alerts: createAlertStore(client, name('alerts')),
    lags: createLagStore(client, name('lag')),
    ledger: createLedgerStore(client, name('ledger')),
  }
}
