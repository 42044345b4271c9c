/**
 * What the table `access` holds of a site besides its members: entries of one kind, by the hash of a secret that only
 * whoever was given it knows. Each kind has a file that says what an entry is.
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

export type Attributes = Record<string, AttributeValue>

/** An entry as it lies in the table, but for its key. */
export type EntryShape<Entry> = {
  kind: 'invitation' | 'link' | 'reset' | 'token'
  /** `site` is among them: an entry is listed, and removed, as one of its site alone. */
  toAttributes(entry: Entry): Attributes
  fromItem(item: Attributes): Entry
}

export type EntryStore<Entry> = {
  /** Also one that is too old: DynamoDB deletes those when it has the time. */
  find(id: string): Promise<Entry | undefined>
  /** Those of a site, the oldest first. */
  list(site: string): Promise<Entry[]>
  add(entry: Entry): Promise<void>
  /** False when there is none, or it is of another site: nothing is changed then. */
  remove(id: string, site: string): Promise<boolean>
}

const isOfSite = 'site = :site'

export function createEntryStore<Entry extends { id: string; createdAt: number }>(
  client: DynamoDBClient,
  table: string,
  { kind, toAttributes, fromItem }: EntryShape<Entry>,
): EntryStore<Entry> {
  return {
    async find(id) {
      const query = new GetItemCommand({ TableName: table, Key: entryKey(kind, id), ConsistentRead: true })
      const { Item } = await client.send(query)
      return Item && fromItem(Item)
    },

    async list(site) {
      const query = {
        TableName: table,
        KeyConditionExpression: 'kind = :kind',
        FilterExpression: isOfSite,
        ExpressionAttributeValues: { ':kind': { S: kind }, ':site': { S: site } },
        ConsistentRead: true,
      }
      const entries: Entry[] = []
      for await (const { Items = [] } of paginateQuery({ client }, query)) entries.push(...Items.map(fromItem))
      return entries.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    },

    async add(entry) {
      const Item = { ...entryKey(kind, entry.id), ...toAttributes(entry) }
      await client.send(new PutItemCommand({ TableName: table, Item }))
    },

    remove: (id, site) =>
      happens(
        client.send(
          new DeleteItemCommand({
            TableName: table,
            Key: entryKey(kind, id),
            ConditionExpression: isOfSite,
            ExpressionAttributeValues: { ':site': { S: site } },
          }),
        ),
      ),
  }
}

export function entryKey(kind: string, id: string): Attributes {
  return { kind: { S: kind }, name: { S: id } }
}

/** @returns false when the condition did not hold */
export async function happens(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

export function textOf(item: Attributes, name: string): string {
  return item[name]?.S ?? ''
}

export function numberOf(item: Attributes, name: string): number | undefined {
  return item[name]?.N === undefined ? undefined : Number(item[name].N)
}

/** Seconds, as DynamoDB's time to live has them. */
export function toSeconds(at: number): AttributeValue {
  return { N: String(Math.floor(at / 1000)) }
}
