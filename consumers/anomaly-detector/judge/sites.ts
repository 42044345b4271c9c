/** Which sites are watched: those that take events. */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { siteFromItem } from '../../../stream/site.ts'

export async function listWatchedSites(client: DynamoDBClient, table: string): Promise<string[]> {
  const sites: string[] = []
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    for (const { site, closedAt } of Items.map(siteFromItem)) if (closedAt === undefined) sites.push(site)
  return sites.sort()
}
