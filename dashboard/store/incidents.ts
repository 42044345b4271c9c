/** Incidents that the anomaly detector found, and what people say of them (table `incidents`, consumers/anomaly-detector/shapes/). */
import { type DynamoDBClient, GetItemCommand, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type Feedback, feedbackToItem } from '../../consumers/anomaly-detector/shapes/feedback.ts'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { incidentFromItem } from '../../consumers/anomaly-detector/shapes/incident-item.ts'
import { readFeedback } from '../../consumers/anomaly-detector/shapes/read-feedback.ts'

export type IncidentStore = {
  /** Those that went on in `[from, to)`, latest first. */
  list(site: string, from: number, to: number, limit: number): Promise<Incident[]>
  /** @param key of the incident (consumers/anomaly-detector/shapes/incident.ts) */
  find(site: string, key: string): Promise<Incident | undefined>
  feedback(site: string): Promise<Feedback[]>
  addFeedback(site: string, feedback: Feedback): Promise<void>
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

    async find(site, key) {
      const Key = { site: { S: site }, incident: { S: key } }
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }))
      return Item?.data && incidentFromItem(Item)
    },

    feedback: (site) => readFeedback(client, table, site),

    async addFeedback(site, feedback) {
      await client.send(new PutItemCommand({ TableName: table, Item: feedbackToItem(site, feedback) }))
    },
  }
}
