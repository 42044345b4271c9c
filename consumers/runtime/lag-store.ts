/** The table `lag`, as consumers write it. */
import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { type Lag, lagAttributes, lagKey } from './shapes/lag.ts'

export type LagStore = {
  put(lag: Lag): Promise<void>
  /** Of a shard that is closed and handled to its end. */
  remove(consumer: string, shardId: string): Promise<void>
}

export function createLagStore(client: DynamoDBClient, table: string): LagStore {
  return {
    async put(lag) {
      const attributes = Object.entries(lagAttributes(lag))
      // An update, not a put: after a restart, when the last record was handled is known to the table alone.
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: lagKey(lag),
          UpdateExpression: `SET ${attributes.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
        }),
      )
    },
    async remove(consumer, shardId) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: lagKey({ consumer, shardId }) }))
    },
  }
}
