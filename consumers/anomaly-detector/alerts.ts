/** The table `alerts`, as the detector writes it. */
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type Alert, alertKey } from './shapes/alert.ts'

export type AlertStore = {
  /** Finding an anomaly again writes the same item again. */
  put(alert: Alert): Promise<void>
}

export function createAlertStore(client: DynamoDBClient, table: string): AlertStore {
  return {
    async put({ site, at, metric, observed, expected, low, high, score }) {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            site: { S: site },
            alert: { S: alertKey(at, metric) },
            at: { N: String(at) },
            metric: { S: metric },
            observed: { N: String(observed) },
            expected: { N: String(expected) },
            low: { N: String(low) },
            high: { N: String(high) },
            score: { N: String(score) },
          },
        }),
      )
    },
  }
}
