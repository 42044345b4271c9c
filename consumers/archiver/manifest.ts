/**
 * Which objects of the archive count (table `archive`): an item for each arrival hour and shard, replaced by
 * compare-and-swap on its revision. Objects that no item names are leftovers of a crash or of a lost race; nobody who
 * follows the manifest sees them.
 *
 *     day        S  2026-11-23
 *     part       S  06/shardId-000000000000
 *     revision   N  counts the writes
 *     objects    B  JSON in zstd, in stream order: each goes on where the one before it ended
 *     replaced   B  JSON in zstd: merged into others, kept for a while for readers who looked earlier
 *     appendedAt N  epoch milliseconds of the last new object
 *     erased     B  JSON in zstd: how many of its rows were erased; absent where none was
 *
 * An object takes 315 bytes in JSON and 48 in zstd: a write is paid by the kilobyte, and an hour has hundreds.
 */
import { type AttributeValue, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { packed, unpacked } from '../../stream/packed.ts'
import type { SequenceNumber } from '../../stream/sequence.ts'
import { replaceRevision } from '../runtime/revisions.ts'

export type ArchiveObject = {
  key: string
  rows: number
  bytes: number
  /** CRC-32 of all its bytes: an alteration of up to 32 bits in a row never goes unseen. Absent from older entries. */
  crc32?: number
  /** Sequence numbers of its first and last row. */
  first: SequenceNumber
  last: SequenceNumber
}

/** Rows that were here and are erased, of one arrival minute: the ledger still counts them as archived. */
export type ErasedRows = {
  /** Who erased them: id of an erasure, or what else has rows erased (consumers/eraser). */
  by: string
  /** Start of the minute, epoch milliseconds. */
  minute: number
  rows: number
}

/** What one shard brought in one hour of arrival. */
export type ShardHour = {
  /** `2026-11-23T06`, UTC. */
  hour: string
  shardId: string
  /** 0: nothing is there yet. */
  revision: number
  objects: readonly ArchiveObject[]
  replaced: readonly { key: string; at: number }[]
  appendedAt: number
  erased?: readonly ErasedRows[]
}

export type Manifest = {
  find(hour: string, shardId: string): Promise<ShardHour>
  /** Everything that arrived on a day, by hour and shard. */
  listDay(day: string): Promise<ShardHour[]>
  /**
   * Replaces the item with this revision's predecessor.
   *
   * @returns false when somebody else replaced it first
   */
  replace(next: ShardHour): Promise<boolean>
}

/** How many rows of an hour were erased, by all or by one. */
export function countErased({ erased = [] }: Pick<ShardHour, 'erased'>, by?: string): number {
  return erased.reduce((sum, each) => sum + (by === undefined || each.by === by ? each.rows : 0), 0)
}

export function createManifest(client: DynamoDBClient, table: string): Manifest {
  return {
    async find(hour, shardId) {
      const Key = keyOf({ hour, shardId })
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
      return Item ? fromItem(Item) : { hour, shardId, revision: 0, objects: [], replaced: [], appendedAt: 0 }
    },

    async listDay(day) {
      const found: ShardHour[] = []
      const query = {
        TableName: table,
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':day': { S: day } },
        ConsistentRead: true,
      }
      for await (const { Items = [] } of paginateQuery({ client }, query)) found.push(...Items.map(fromItem))
      return found
    },

    replace: (next) => replaceRevision(client, table, toItem(next), next.revision),
  }
}

function keyOf({ hour, shardId }: Pick<ShardHour, 'hour' | 'shardId'>): Record<'day' | 'part', AttributeValue> {
  const [day = '', hourOfDay = ''] = hour.split('T')
  return { day: { S: day }, part: { S: `${hourOfDay}/${shardId}` } }
}

function toItem(part: ShardHour): Record<string, AttributeValue> {
  return {
    ...keyOf(part),
    objects: packed(part.objects),
    replaced: packed(part.replaced),
    appendedAt: { N: String(part.appendedAt) },
    ...(part.erased && { erased: packed(part.erased) }),
  }
}

function fromItem(item: Record<string, AttributeValue>): ShardHour {
  const [hourOfDay = '', shardId = ''] = (item.part?.S ?? '').split('/')
  return {
    hour: `${item.day?.S}T${hourOfDay}`,
    shardId,
    revision: Number(item.revision?.N ?? 0),
    objects: listFrom(item.objects),
    replaced: listFrom(item.replaced),
    appendedAt: Number(item.appendedAt?.N ?? 0),
    ...(item.erased?.B && { erased: unpacked(item.erased) }),
  }
}

function listFrom<T>(attribute: AttributeValue | undefined): T[] {
  return attribute?.B ? unpacked(attribute) : []
}
