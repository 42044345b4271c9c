/** Anomalies that the detector found (table `alerts`, consumers/anomaly-detector/shapes/alert.ts). */
import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { type Alert, watchedMetrics } from '../../consumers/anomaly-detector/shapes/alert.ts'

export type AlertStore = {
  /** Those of `[from, to)`, latest first. */
  list(site: string, from: number, to: number, limit: number): Promise<Alert[]>
}

export function createAlertStore(client: DynamoDBClient, table: string): AlertStore {
  return {
    async list(site, from, to, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'site = :site AND alert BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':site': { S: site },
            // Sort keys begin with the time and go on with `#metric`, so none is equal to a bound.
            ':from': { S: new Date(from).toISOString() },
            ':to': { S: new Date(to).toISOString() },
          },
          ScanIndexForward: false,
          Limit: limit,
        }),
      )
      return Items.map(toAlert)
    },
  }
}

function toAlert(item: Record<string, AttributeValue>): Alert {
  const number = (name: string) => Number(item[name]?.N ?? 0)
  return {
    site: item.site?.S ?? '',
    at: number('at'),
    metric: watchedMetrics.find((metric) => metric === item.metric?.S) ?? 'pageviews',
    observed: number('observed'),
    expected: number('expected'),
    low: number('low'),
    high: number('high'),
    score: number('score'),
  }
}
