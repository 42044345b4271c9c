/** Incidents that the anomaly detector found (table `incidents`, consumers/anomaly-detector/shapes/incident-item.ts). */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { incidentFromItem } from '../../consumers/anomaly-detector/shapes/incident-item.ts'

export type IncidentStore = {
  /** Those that went on in `[from, to)`, latest first. */
  list(site: string, from: number, to: number, limit: number): Promise<Incident[]>
}

/** What lasts a day is usual from then on, and no incident any more (watch/kinds.ts); of hours it may be some longer. */
const longestMs = 3 * 86_400_000

export function createIncidentStore(client: DynamoDBClient, table: string): IncidentStore {
  return {
    async list(site, from, to, limit) {
      const found: Incident[] = []
      const pages = paginateQuery(
        { client, pageSize: limit },
        {
          TableName: table,
          KeyConditionExpression: 'site = :site AND incident BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':site': { S: site },
            // Sort keys begin with the time and go on with `#metric`, so none is equal to a bound.
            ':from': { S: new Date(from - longestMs).toISOString() },
            ':to': { S: new Date(to).toISOString() },
          },
          ScanIndexForward: false,
        },
      )
      for await (const { Items = [] } of pages) {
        const incidents = Items.map(incidentFromItem)
        found.push(...incidents.filter(({ end = Number.POSITIVE_INFINITY }) => end > from))
        if (found.length >= limit) break
      }
      return found.slice(0, limit)
    },
  }
}
