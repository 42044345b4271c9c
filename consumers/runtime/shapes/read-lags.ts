/** The table `lag`, as it is read: what every consumer reports of every shard. */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { type Lag, lagFromItem } from './lag.ts'

/** Some 300 bytes a consumer and shard, so that a scan is one small page. */
export async function readLags(client: DynamoDBClient, table: string): Promise<Lag[]> {
  const lags: Lag[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
    lags.push(...Items.map(lagFromItem))
  return lags
}
