/** The registry of sites (table `sites`, stream/site.ts). */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { type Site, siteFromItem, siteToItem } from '../../stream/site.ts'
import { createSharedReads } from './shared-reads.ts'

export type SiteStore = {
  /** All sites, by name. */
  list(): Promise<Site[]>
  find(site: string): Promise<Site | undefined>
  /** False when the site exists: nothing is changed then. */
  create(site: Site): Promise<boolean>
  /** Of a site that is there: sites are never deleted. What else it has stays. */
  change(site: Site): Promise<void>
  /** The same. */
  keepNetwork(site: string, network: boolean): Promise<void>
  /** The same. Null: for good. */
  keepFor(site: string, days: Record<'archiveDays' | 'figureDays', number | null>): Promise<void>
  /** The same. Undefined: for a day. `from`: epoch milliseconds, the beginning of a UTC day. */
  rememberVisitors(site: string, remembered: { weeks: number; from: number } | undefined): Promise<void>
  /** The same: from now on it takes no events (stream/site.ts). One that is closed already keeps its time. */
  close(site: string, at: number): Promise<void>
}

const isNewSite = 'attribute_not_exists(site)'
const isSite = 'attribute_exists(site)'

export function createSiteStore(client: DynamoDBClient, table: string): SiteStore {
  const shared = createSharedReads<Site | undefined>()
  return {
    async list() {
      const sites: Site[] = []
      for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
        sites.push(...Items.map((item) => siteFromItem(item)))
      return sites.sort((a, b) => a.name.localeCompare(b.name) || (a.site < b.site ? -1 : 1))
    },

    find: (site) =>
      shared(site, async () => {
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { site: { S: site } } }))
        return Item ? siteFromItem(Item) : undefined
      }),

    async create(site) {
      try {
        await client.send(
          new PutItemCommand({ TableName: table, Item: siteToItem(site), ConditionExpression: isNewSite }),
        )
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },

    async change({ site, ...changed }) {
      const { name, origins, timeZone, queryParams } = siteToItem({ site, ...changed })
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { site: { S: site } },
          UpdateExpression:
            'SET #name = :name, #origins = :origins, #timeZone = :timeZone, #queryParams = :queryParams',
          ExpressionAttributeNames: {
            '#name': 'name',
            '#origins': 'origins',
            '#timeZone': 'timeZone',
            '#queryParams': 'queryParams',
          },
          ExpressionAttributeValues: {
            ':name': name as AttributeValue,
            ':origins': origins as AttributeValue,
            ':timeZone': timeZone as AttributeValue,
            ':queryParams': queryParams as AttributeValue,
          },
          ConditionExpression: isSite,
        }),
      )
    },

    async keepFor(site, days) {
      const entries = Object.entries(days)
      const kept = entries.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]))
      const forGood = entries.flatMap(([name, value]) => (value === null ? [name] : []))
      const clauses = [
        ...(kept.length > 0 ? [`SET ${kept.map(({ name }) => `${name} = :${name}`).join(', ')}`] : []),
        ...(forGood.length > 0 ? [`REMOVE ${forGood.join(', ')}`] : []),
      ]
      const values = Object.fromEntries(kept.map(({ name, value }) => [`:${name}`, { N: String(value) }]))
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { site: { S: site } },
          UpdateExpression: clauses.join(' '),
          ...(kept.length > 0 && { ExpressionAttributeValues: values }),
          ConditionExpression: isSite,
        }),
      )
    },

    async rememberVisitors(site, remembered) {
      const values = remembered && {
        ':weeks': { N: String(remembered.weeks) },
        ':from': { N: String(remembered.from) },
      }
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { site: { S: site } },
          UpdateExpression: values
            ? 'SET rememberedWeeks = :weeks, rememberedFrom = :from'
            : 'REMOVE rememberedWeeks, rememberedFrom',
          ...(values && { ExpressionAttributeValues: values }),
          ConditionExpression: isSite,
        }),
      )
    },

    async close(site, at) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { site: { S: site } },
          UpdateExpression: 'SET closedAt = if_not_exists(closedAt, :at)',
          ExpressionAttributeValues: { ':at': { N: String(at) } },
          ConditionExpression: isSite,
        }),
      )
    },

    async keepNetwork(site, network) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { site: { S: site } },
          UpdateExpression: 'SET #network = :network',
          ExpressionAttributeNames: { '#network': 'network' },
          ExpressionAttributeValues: { ':network': { BOOL: network } },
          ConditionExpression: isSite,
        }),
      )
    },
  }
}
