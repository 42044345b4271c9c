/** The registry of sites (table `sites`), read through a cache so that DynamoDB is not asked for every request. */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { LRUCache } from 'lru-cache'
import { type Site, siteFromItem, sitePattern } from '../stream/site.ts'

export type SiteRegistry = {
  /** Undefined when there is no such site, or none that takes events any more. Rejects when DynamoDB cannot be asked and nothing is cached. */
  find(site: string): Promise<Site | undefined>
  /** The same from the cache alone, for those who need not wait: undefined when it has to be asked for. */
  known(site: string): Site | undefined
}

/** How long a change to a site may go unnoticed. */
const freshMs = 5000
/** Unknown names are cached too, so that guessing them costs nothing; the bound is for whoever guesses. */
const maxCached = 10_000
const none = Symbol('no such site')
const validName = new RegExp(sitePattern)

export function createSiteRegistry(client: DynamoDBClient, table: string): SiteRegistry {
  const cache = new LRUCache<string, Site | typeof none>({
    max: maxCached,
    ttl: freshMs,
    // The cache asks for the time once in so many milliseconds, by a timer; the default is one.
    ttlResolution: 100,
    // A registry that cannot be reached is no reason to refuse a site that was known a moment ago.
    allowStaleOnFetchRejection: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (name) => {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { site: { S: name } } }))
      const site = Item && siteFromItem(Item)
      return site && site.closedAt === undefined ? site : none
    },
  })
  return {
    async find(site) {
      if (!validName.test(site)) return undefined
      const found = await cache.fetch(site)
      return found === none ? undefined : found
    },
    known(site) {
      const found = cache.get(site)
      return found === none ? undefined : found
    },
  }
}
