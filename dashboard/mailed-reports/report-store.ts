/**
 * Which reports were sent (table `incidents`): one an address and period, so whoever looks again sends none.
 *
 *     site      S  partition key
 *     incident  S  sort key, `report#weekly#2026-11-16#CHANNEL`
 *     state     S  waiting, delivered or failed
 *     attempts  N  tries that began
 *     dueAt     N  epoch milliseconds: when it may be tried (again), should nobody say before how it went
 *     expiresAt N  epoch seconds
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { ReportPeriod } from './periods.ts'

export type SentReport = { site: string; channel: string; period: ReportPeriod }

export type SentReports = {
  /**
   * Takes one to send it, until a time.
   *
   * @returns how many tries have begun, with this one; undefined: it is sent, given up, or somebody else is at it
   */
  claim(report: SentReport, now: number, until: number): Promise<number | undefined>
  /** Notes how it went, unless somebody else has taken it since. */
  settle(report: SentReport, attempts: number, state: 'waiting' | 'delivered' | 'failed', dueAt: number): Promise<void>
}

/** Longer than any period is the last one. */
const keptMs = 100 * 86_400_000
const isDue = 'attribute_not_exists(#state) OR (#state = :waiting AND dueAt <= :now)'
const isMine = 'attempts = :attempts AND #state = :waiting'

export function createSentReports(client: DynamoDBClient, table: string): SentReports {
  const keyOf = ({ site, channel, period }: SentReport) => ({
    site: { S: site },
    incident: { S: `report#${period.kind}#${period.days.from}#${channel}` },
  })
  return {
    async claim(report, now, until) {
      const Key = keyOf(report)
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key }))
      // Nearly always: a look that costs no write.
      if (Item && (Item.state?.S !== 'waiting' || Number(Item.dueAt?.N) > now)) return undefined
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key,
            UpdateExpression: 'SET #state = :waiting, dueAt = :until, expiresAt = :expires ADD attempts :one',
            ConditionExpression: isDue,
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':waiting': { S: 'waiting' },
              ':now': { N: String(now) },
              ':until': { N: String(until) },
              ':expires': { N: String(Math.ceil((now + keptMs) / 1000)) },
              ':one': { N: '1' },
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        )
        return Number(Attributes?.attempts?.N)
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined
        throw error
      }
    },

    async settle(report, attempts, state, dueAt) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(report),
            UpdateExpression: 'SET #state = :state, dueAt = :dueAt',
            ConditionExpression: isMine,
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':state': { S: state },
              ':dueAt': { N: String(dueAt) },
              ':waiting': { S: 'waiting' },
              ':attempts': { N: String(attempts) },
            },
          }),
        )
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      }
    },
  }
}
