/**
 * How far a consumer has come in a shard (table `checkpoints`): an item a consumer and shard, replaced by
 * compare-and-swap on its revision.
 *
 *     sequence  S     the last sequence number whose effects are durable
 *     snapshot  S     key of the state at that sequence in S3, for consumers that keep one
 *     handled   S     a later sequence number, up to which the shard is handled without being saved (Lambda)
 *     handledAt N     when that was noted: epoch milliseconds
 *     revision  N     counts the writes, of notes too: whoever knows it knows how far everybody has come
 *     ended     BOOL  the shard was closed and all of it is handled
 */
import { type AttributeValue, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { replaceRevision } from './revisions.ts'

export type Checkpoint = {
  sequence: SequenceNumber | undefined
  snapshot: string | undefined
  /** How far it was handled beyond `sequence`, and when (epoch milliseconds); undefined: no further. */
  handled: { through: SequenceNumber; at: number } | undefined
  revision: number
  ended: boolean
}

export type UnsavedShard = { shardId: string; handledAt: number }

export type Checkpoints = {
  find(consumer: string, shardId: string): Promise<Checkpoint | undefined>
  /** The shards that a consumer has handled further than it saved them. */
  unsaved(consumer: string): Promise<readonly UnsavedShard[]>
  /**
   * Replaces the checkpoint with this revision's predecessor.
   *
   * @returns false when somebody else replaced it first: the caller works on an outdated state
   */
  replace(consumer: string, shardId: string, checkpoint: Checkpoint): Promise<boolean>
}

export function createCheckpoints(client: DynamoDBClient, table: string): Checkpoints {
  return {
    async find(consumer, shardId) {
      const Key = { consumer: { S: consumer }, shard: { S: shardId } }
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
      return Item && fromItem(Item)
    },

    async unsaved(consumer) {
      const shards: UnsavedShard[] = []
      const query = {
        TableName: table,
        KeyConditionExpression: 'consumer = :consumer',
        ExpressionAttributeValues: { ':consumer': { S: consumer } },
      }
      for await (const { Items = [] } of paginateQuery({ client }, query))
        for (const item of Items) {
          const { handled } = fromItem(item)
          if (handled) shards.push({ shardId: item.shard?.S ?? '', handledAt: handled.at })
        }
      return shards
    },

    replace: (consumer, shardId, { sequence, snapshot, handled, revision, ended }) =>
      replaceRevision(
        client,
        table,
        {
          consumer: { S: consumer },
          shard: { S: shardId },
          ...(sequence !== undefined && { sequence: { S: sequence } }),
          ...(snapshot !== undefined && { snapshot: { S: snapshot } }),
          ...(handled && { handled: { S: handled.through }, handledAt: { N: String(handled.at) } }),
          ended: { BOOL: ended },
        },
        revision,
      ),
  }
}

function fromItem(item: Record<string, AttributeValue>): Checkpoint {
  const through = item.handled?.S
  return {
    sequence: item.sequence?.S,
    snapshot: item.snapshot?.S,
    handled: through === undefined ? undefined : { through, at: Number(item.handledAt?.N ?? 0) },
    revision: Number(item.revision?.N ?? 0),
    ended: item.ended?.BOOL ?? false,
  }
}
