/**
 * Saved filters of a site under a name (table `control`, kind `segment`), for everybody who sees its figures; erased with
 * the site. The key is `SITE#ID`. Attributes that a reader does not know are none of its business.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../runtime/exactly-once.ts'

export type SavedSegment = {
  id: string
  name: string
  /** As they stand in addresses (dashboard/query/conditions.ts). */
  filters: readonly string[]
}

export type SavedSegmentStore = {
  /** Those of a site, by name. */
  list(site: string): Promise<SavedSegment[]>
  find(site: string, id: string): Promise<SavedSegment | undefined>
  /** @param segment of an id that nobody has had before */
  add(site: string, segment: SavedSegment): Promise<void>
  /** @returns false when there is none of this id at this site */
  replace(site: string, segment: SavedSegment): Promise<boolean>
  /** @returns as `replace` */
  remove(site: string, id: string): Promise<boolean>
  /** All of a site. May be repeated. */
  eraseSite(site: string): Promise<void>
}

const segmentKind = 'segment'
const isThere = 'attribute_exists(kind)'
/** Sorts behind everything that an id is made of. */
const last = '~'

export function createSavedSegmentStore(client: DynamoDBClient, table: string): SavedSegmentStore {
  async function itemsOf(site: string): Promise<Record<string, AttributeValue>[]> {
    const items: Record<string, AttributeValue>[] = []
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'kind = :kind AND #name BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: {
          ':kind': { S: segmentKind },
          ':from': { S: `${site}#` },
          ':to': { S: `${site}#${last}` },
        },
        // Whoever has saved one looks for it next.
        ConsistentRead: true,
      },
    )
    for await (const { Items = [] } of pages) items.push(...Items)
    return items
  }

  const put = (site: string, segment: SavedSegment, condition?: string) =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: segmentToItem(site, segment),
        ...(condition && { ConditionExpression: condition }),
      }),
    )

  return {
    async list(site) {
      const segments = (await itemsOf(site)).map((item) => segmentFromItem(site, item))
      return segments.sort((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
    },

    async find(site, id) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: segmentKey(`${site}#${id}`), ConsistentRead: true }),
      )
      return Item && segmentFromItem(site, Item)
    },

    async add(site, segment) {
      await put(site, segment)
    },

    replace: (site, segment) => ifThere(put(site, segment, isThere)),

    remove(site, id) {
      const Key = segmentKey(`${site}#${id}`)
      return ifThere(client.send(new DeleteItemCommand({ TableName: table, Key, ConditionExpression: isThere })))
    },

    async eraseSite(site) {
      await inParallel(await itemsOf(site), async ({ name }) => {
        await client.send(new DeleteItemCommand({ TableName: table, Key: segmentKey(name?.S ?? '') }))
      })
    },
  }
}

async function ifThere(change: Promise<unknown>): Promise<boolean> {
  try {
    await change
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

function segmentKey(name: string): Record<'kind' | 'name', AttributeValue> {
  return { kind: { S: segmentKind }, name: { S: name } }
}

function segmentToItem(site: string, { id, name, filters }: SavedSegment): Record<string, AttributeValue> {
  return {
    ...segmentKey(`${site}#${id}`),
    title: { S: name },
    filters: { L: filters.map((filter) => ({ S: filter })) },
  }
}

function segmentFromItem(site: string, { name, title, filters }: Record<string, AttributeValue>): SavedSegment {
  return {
    id: (name?.S ?? '').slice(`${site}#`.length),
    name: title?.S ?? '',
    filters: (filters?.L ?? []).map(({ S = '' }) => S),
  }
}
