/**
 * How far each shard of old has been sent into another stream (table `checkpoints`): an item a shard, under a name that
 * is this errand's own, written after every record.
 *
 *     consumer  S  to-stream/NAME@CREATED/FROM..TO     a stream that was made again is another one
 *     shard     S  the shard of old
 *     sequence  S  the last record that is there, by its old number
 *     records   N  how many have been sent of this shard, and events in them
 *     events    N
 *     run       S  who wrote it
 *     revision  N  counts the writes
 */
import { randomUUID } from 'node:crypto'
import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { replaceRevision } from '../runtime/revisions.ts'
import type { Stretch } from './sources/source.ts'
import { ReplayError } from './worker-messages.ts'

export type SentPlace = { sequence: SequenceNumber; records: number; events: number; revision: number }

export type SentPlaces = {
  /** By shard; none at the beginning. */
  load(): Promise<Map<string, SentPlace>>
  /**
   * Replaces the place with this revision's predecessor.
   *
   * @throws ReplayError `overtaken` when another process sends the same
   */
  save(shardId: string, place: SentPlace): Promise<void>
  /** Forgets them, once everything is sent. */
  clear(): Promise<void>
}

export function createSentPlaces(
  client: DynamoDBClient,
  table: string,
  target: { stream: string; createdAt: number },
  { from, to }: Stretch,
): SentPlaces {
  const [first, end] = [from, to].map((at) => new Date(at).toISOString())
  const consumer = { S: `to-stream/${target.stream}@${target.createdAt}/${first}..${end}` }
  const run = randomUUID()

  async function* items() {
    const query = {
      TableName: table,
      KeyConditionExpression: 'consumer = :consumer',
      ExpressionAttributeValues: { ':consumer': consumer },
      ConsistentRead: true,
    }
    for await (const { Items = [] } of paginateQuery({ client }, query)) yield* Items
  }

  /** That a write was refused tells nothing when an earlier attempt of it was not answered. */
  async function isOurs(shardId: string, sequence: SequenceNumber): Promise<boolean> {
    const Key = { consumer, shard: { S: shardId } }
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
    return Item?.run?.S === run && Item.sequence?.S === sequence
  }

  return {
    async load() {
      const places = new Map<string, SentPlace>()
      for await (const { shard, sequence, records, events, revision } of items())
        places.set(shard?.S ?? '', {
          sequence: sequence?.S ?? '',
          records: Number(records?.N),
          events: Number(events?.N),
          revision: Number(revision?.N),
        })
      return places
    },

    async save(shardId, { sequence, records, events, revision }) {
      const item = {
        consumer,
        shard: { S: shardId },
        sequence: { S: sequence },
        records: { N: String(records) },
        events: { N: String(events) },
        run: { S: run },
      }
      if (!(await replaceRevision(client, table, item, revision)) && !(await isOurs(shardId, sequence)))
        throw new ReplayError('overtaken', `another process sends the same days to ${target.stream}`)
    },

    async clear() {
      for await (const { shard } of items())
        await client.send(new DeleteItemCommand({ TableName: table, Key: { consumer, shard: { S: shard?.S ?? '' } } }))
    },
  }
}
