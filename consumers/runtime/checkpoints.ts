/**
 * How far a consumer has come in a shard (table `checkpoints`): an item a consumer and shard, replaced by
 * compare-and-swap on its revision.
 *
 *     sequence  S     the last sequence number whose effects are durable
 *     snapshot  S     key of the state at that sequence in S3, for consumers that keep one
 *     revision  N     counts the writes
 *     ended     BOOL  the shard was closed and all of it is handled
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { SequenceNumber } from '../../stream/sequence.ts'

export type Checkpoint = {
  sequence: SequenceNumber | undefined
  snapshot: string | undefined
  revision: number
  ended: boolean
}

export type Checkpoints = {
  find(consumer: string, shardId: string): Promise<Checkpoint | undefined>
  /**
   * Replaces the checkpoint with this revision's predecessor.
   *
   * @returns false when somebody else replaced it first: the caller works on an outdated state
   */
  replace(consumer: string, shardId: string, checkpoint: Checkpoint): Promise<boolean>
}

const isFirst = 'attribute_not_exists(revision)'
const replacesPredecessor = 'revision = :predecessor'

export function createCheckpoints(client: DynamoDBClient, table: string): Checkpoints {
  return {
    async find(consumer, shardId) {
      const Key = { consumer: { S: consumer }, shard: { S: shardId } }
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
      if (!Item) return undefined
      return {
        sequence: Item.sequence?.S,
        snapshot: Item.snapshot?.S,
        revision: Number(Item.revision?.N ?? 0),
        ended: Item.ended?.BOOL ?? false,
      }
    },

    async replace(consumer, shardId, { sequence, snapshot, revision, ended }) {
      const condition =
        revision === 1
          ? { ConditionExpression: isFirst }
          : {
              ConditionExpression: replacesPredecessor,
              ExpressionAttributeValues: { ':predecessor': { N: String(revision - 1) } },
            }
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              consumer: { S: consumer },
              shard: { S: shardId },
              ...(sequence !== undefined && { sequence: { S: sequence } }),
              ...(snapshot !== undefined && { snapshot: { S: snapshot } }),
              revision: { N: String(revision) },
              ended: { BOOL: ended },
            },
            ...condition,
          }),
        )
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },
  }
}
