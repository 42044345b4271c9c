/**
 * Which incident of a series was told last, so that others soon after it are not (table `incidents`):
 *
 *     site      S  partition key
 *     incident  S  sort key, `cooldown#pageviews`: the series
 *     holder    S  key of the incident that was told
 *     until     N  epoch milliseconds: of those that begin before it, the holder alone is told
 *     expiresAt N  epoch seconds
 *
 * It only ever passes to an incident that begins at or after `until`, so whoever judges again comes to the same: the holder is
 * found as the holder, and one that was refused is refused again.
 */
import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type Incident, incidentKey, seriesKey } from '../shapes/incident.ts'

export type CoolDowns = {
  /** @returns whether the incident may be told */
  take(incident: Incident, minutes: number): Promise<boolean>
}

const isFree = 'attribute_not_exists(holder) OR holder = :me OR #until <= :at'
/** Minutes are kept for three days: none is judged again later. */
const keptMs = 8 * 86_400_000

export function createCoolDowns(client: DynamoDBClient, table: string): CoolDowns {
  return {
    async take(incident, minutes) {
      const { site, at, series } = incident
      const me = { S: incidentKey(incident) }
      const until = at + minutes * 60_000
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              site: { S: site },
              incident: { S: `cooldown#${seriesKey(series)}` },
              holder: me,
              until: { N: String(until) },
              expiresAt: { N: String(Math.ceil((until + keptMs) / 1000)) },
            },
            ConditionExpression: isFree,
            ExpressionAttributeNames: { '#until': 'until' },
            ExpressionAttributeValues: { ':me': me, ':at': { N: String(at) } },
          }),
        )
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },
  }
}
