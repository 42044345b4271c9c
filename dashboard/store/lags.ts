/** What consumers report of themselves (table `lag`, consumers/runtime/shapes/lag.ts). */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { type Lag, lagFromItem } from '../../consumers/runtime/shapes/lag.ts'

export type LagStore = {
  /** Of every consumer and shard: some 300 bytes each, so that a scan is one small page. */
  list(): Promise<Lag[]>
}

export function createLagStore(client: DynamoDBClient, table: string): LagStore {
  return {
    async list() {
      const lags: Lag[] = []
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
        lags.push(...Items.map(lagFromItem))
      return lags
    },
  }
}
