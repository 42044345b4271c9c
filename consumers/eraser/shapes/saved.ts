/**
 * Segments, goals and funnels of a site (table `control`, kinds `segment`, `goal` and `funnel`): what people named to ask
 * for it again, for everybody who sees the site's figures, erased with it.
 *
 *     shop#0011223344556677    a document as JSON; what a reader does not know of it is none of its business
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../runtime/exactly-once.ts'

export type SavedSegment = {
  name: string
  /** As they stand in addresses (dashboard/query/conditions.ts). */
  filters: string[]
}

export type SavedGoal = {
  name: string
  /** As the API takes it, such as `page:/thanks`. */
  step: string
  /** What one conversion is worth, in `currency` (ISO 4217); null: nobody says. */
  value: number | null
  currency: string | null
}

export type SavedFunnel = {
  name: string
  steps: string[]
  /** `visit`, or a number of days. */
  within: 'visit' | number
}

export type SavedStore<T extends { name: string }> = {
  /** By name. */
  list(site: string): Promise<(T & { id: string })[]>
  find(site: string, id: string): Promise<T | undefined>
  /** @param id that nobody has had before */
  add(site: string, id: string, saved: T): Promise<void>
  /** @returns false when there is none of this id at this site */
  change(site: string, id: string, saved: T): Promise<boolean>
  /** @returns false when there is none of this id at this site */
  remove(site: string, id: string): Promise<boolean>
}

const savedKinds = ['segment', 'goal', 'funnel'] as const
type SavedKind = (typeof savedKinds)[number]

const isThere = 'attribute_exists(kind)'

export function createSavedStore<T extends { name: string }>(
  client: DynamoDBClient,
  table: string,
  kind: SavedKind,
): SavedStore<T> {
  const keyOf = (site: string, id: string) => ({ kind: { S: kind }, name: { S: `${site}#${id}` } })
  const put = (site: string, id: string, saved: T) => ({
    TableName: table,
    Item: { ...keyOf(site, id), document: { S: JSON.stringify(saved) } },
  })

  return {
    async list(site) {
      const all: (T & { id: string })[] = []
      for await (const { name, document } of itemsOf(client, table, kind, site))
        all.push({ ...(JSON.parse(document) as T), id: name.slice(`${site}#`.length) })
      return all.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
    },
    async find(site, id) {
      const query = { TableName: table, Key: keyOf(site, id), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(query))
      return Item && (JSON.parse(Item.document?.S ?? '{}') as T)
    },
    async add(site, id, saved) {
      await client.send(new PutItemCommand(put(site, id, saved)))
    },
    change: (site, id, saved) =>
      isDone(() => client.send(new PutItemCommand({ ...put(site, id, saved), ConditionExpression: isThere }))),
    remove: (site, id) =>
      isDone(() =>
        client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(site, id), ConditionExpression: isThere })),
      ),
  }
}

/** All of a site. May be repeated. */
export async function eraseSaved(client: DynamoDBClient, table: string, site: string): Promise<void> {
  for (const kind of savedKinds) {
    const names: string[] = []
    for await (const { name } of itemsOf(client, table, kind, site)) names.push(name)
    await inParallel(names, async (name) => {
      await client.send(new DeleteItemCommand({ TableName: table, Key: { kind: { S: kind }, name: { S: name } } }))
    })
  }
}

async function* itemsOf(client: DynamoDBClient, table: string, kind: SavedKind, site: string) {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind AND begins_with(#name, :site)',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: { ':kind': { S: kind }, ':site': { S: `${site}#` } },
      // Whoever has named one looks for it next.
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages)
    for (const { name, document } of Items) yield { name: name?.S ?? '', document: document?.S ?? '{}' }
}

async function isDone(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send()
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
