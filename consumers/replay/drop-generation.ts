/** Deletes what a replay has stored: its cells, and the places that it saved. */
import { DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { granularities, parseCellKey, seriesOf } from '../aggregator/shapes/cell-key.ts'
import { inParallel } from '../runtime/exactly-once.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { replayConsumer } from './fold-family.ts'

type Stores = Pick<ConsumerEnvironment, 'clients' | 'objects' | 'table'>

/** @returns how many items of the table of cells there were */
export async function dropCells(
  { clients, table }: Stores,
  generation: string,
  sites: Iterable<string>,
): Promise<number> {
  let dropped = 0
  for (const site of sites)
    for (const granularity of granularities)
      for await (const items of keysOf(clients.dynamo, table('cells'), 'series', seriesOf(site, granularity), 'cell')) {
        const ours = items.filter((cell) => parseCellKey(seriesOf(site, granularity), cell).generation === generation)
        dropped += ours.length
        await inParallel(ours, async (cell) => {
          const Key = { series: { S: seriesOf(site, granularity) }, cell: { S: cell } }
          await clients.dynamo.send(new DeleteItemCommand({ TableName: table('cells'), Key }))
        })
      }
  return dropped
}

/** Checkpoints first: they name the snapshots, which may be missing only once nobody looks for them. */
export async function dropProgress({ clients, objects, table }: Stores, generation: string): Promise<void> {
  const consumer = replayConsumer(generation)
  for await (const shards of keysOf(clients.dynamo, table('checkpoints'), 'consumer', consumer, 'shard'))
    for (const shard of shards) {
      const Key = { consumer: { S: consumer }, shard: { S: shard } }
      await clients.dynamo.send(new DeleteItemCommand({ TableName: table('checkpoints'), Key }))
    }
  for (const key of await objects.list(`state/${consumer}/`)) await objects.delete(key)
}

async function* keysOf(
  client: DynamoDBClient,
  table: string,
  partitionKey: string,
  partition: string,
  sortKey: string,
): AsyncGenerator<string[]> {
  const query = {
    TableName: table,
    KeyConditionExpression: '#partition = :partition',
    ProjectionExpression: '#sort',
    ExpressionAttributeNames: { '#partition': partitionKey, '#sort': sortKey },
    ExpressionAttributeValues: { ':partition': { S: partition } },
    ConsistentRead: true,
  }
  for await (const { Items = [] } of paginateQuery({ client }, query)) yield Items.map((item) => item[sortKey]?.S ?? '')
}
