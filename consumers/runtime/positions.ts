/** How far a consumer has come, in every shard that it has ever taken up. */
import { paginateQuery } from '@aws-sdk/client-dynamodb'
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { ConsumerEnvironment } from './process.ts'

/** By shard: the last sequence number whose effects are durable. */
export type Positions = ReadonlyMap<string, SequenceNumber>

export async function readPositions(
  { clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  consumer: string,
): Promise<Positions> {
  const positions = new Map<string, SequenceNumber>()
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
    for (const { shard, sequence } of Items) if (shard?.S && sequence?.S) positions.set(shard.S, sequence.S)
  return positions
}
