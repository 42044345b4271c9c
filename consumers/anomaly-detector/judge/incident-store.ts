/** The table `incidents`, as the judge writes it (shapes/incident-item.ts). */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Incident } from '../shapes/incident.ts'
import { incidentFromItem, incidentToItem } from '../shapes/incident-item.ts'

export type IncidentStore = {
  /**
   * Stores an incident as it was at a minute, unless it is stored as of a later one: all who judge a minute make the same of
   * it, so the later one knows more.
   */
  put(incident: Incident, judged: number): Promise<void>
  /** @param key as incidentKey has it */
  find(site: string, key: string): Promise<Incident | undefined>
}

const isNoOlder = 'attribute_not_exists(judged) OR judged <= :judged'

export function createIncidentStore(client: DynamoDBClient, table: string): IncidentStore {
  return {
    async find(site, key) {
      const Key = { site: { S: site }, incident: { S: key } }
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
      return Item && incidentFromItem(Item)
    },

    async put(incident, judged) {
      const condition = {
        ConditionExpression: isNoOlder,
        ExpressionAttributeValues: { ':judged': { N: String(judged) } },
      }
      try {
        await client.send(
          new PutItemCommand({ TableName: table, Item: incidentToItem(incident, judged), ...condition }),
        )
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      }
    },
  }
}
