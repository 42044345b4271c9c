/** Deletes the places that a replay has saved; its cells are another matter (shapes/generation-cells.ts). */
import { DeleteItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { replayConsumer } from './fold-family.ts'

type Stores = Pick<ConsumerEnvironment, 'clients' | 'objects' | 'table'>

/** Checkpoints first: they name the snapshots, which may be missing only once nobody looks for them. */
export async function dropProgress({ clients, objects, table }: Stores, generation: string): Promise<void> {
  const consumer = replayConsumer(generation)
  const pages = paginateQuery(
    { client: clients.dynamo },
    {
      TableName: table('checkpoints'),
      KeyConditionExpression: 'consumer = :consumer',
      ExpressionAttributeValues: { ':consumer': { S: consumer } },
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages)
    for (const { shard } of Items) {
      const Key = { consumer: { S: consumer }, shard: { S: shard?.S ?? '' } }
      await clients.dynamo.send(new DeleteItemCommand({ TableName: table('checkpoints'), Key }))
    }
  for (const key of await objects.list(`state/${consumer}/`)) await objects.delete(key)
}
