/** Which sites are watched: those that take events. */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { type Site, siteFromItem } from '../../../stream/site.ts'

export async function listWatchedSites(client: DynamoDBClient, table: string): Promise<Site[]> {
  const sites: Site[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    sites.push(...Items.map(siteFromItem).filter(({ closedAt }) => closedAt === undefined))
  return sites.sort((a, b) => (a.site < b.site ? -1 : 1))
}
