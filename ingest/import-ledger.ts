/**
 * How far each log import has come (table `imports`): an item a site and source, where a source is named by its
 * first line. `prefix` is a hash of all lines up to `line`, so that only the same log is continued. The item holds
 * the salt of the import's visitors, which goes when the import is done.
 */
import { randomBytes } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'

export type ImportProgress = {
  /** Lines that are done, from the start of the log. */
  line: number
  /** SHA-256 over those lines, hex. */
  prefix: string
  /** Events accepted so far. */
  accepted: number
  done: boolean
}

export type ImportLedger = {
  find(site: string, source: string): Promise<ImportProgress | undefined>
  /** The salt of a running import, made when it begins. */
  salt(site: string, source: string): Promise<string>
  /** Notes what is durable now. */
  advance(site: string, source: string, progress: Omit<ImportProgress, 'accepted'>, accepted: number): Promise<void>
}

/** Two importers of one log agree on the first one's salt. */
const hasNoSalt = 'attribute_not_exists(salt)'
/** An import that is not taken up again for this long starts over; its events are still recognised. */
const keptSeconds = 48 * 3600

export function createImportLedger(client: DynamoDBClient, table: string, now: () => number): ImportLedger {
  const keyOf = (site: string, source: string) => ({ site: { S: site }, source: { S: source } })
  const read = async (site: string, source: string) => {
    const Key = keyOf(site, source)
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
    return Item
  }

  return {
    async find(site, source) {
      const item = await read(site, source)
      if (!item?.line?.N) return undefined
      return {
        line: Number(item.line.N),
        prefix: item.prefix?.S ?? '',
        accepted: Number(item.accepted?.N ?? 0),
        done: item.done?.BOOL ?? false,
      }
    },

    async salt(site, source) {
      const found = (await read(site, source))?.salt?.S
      if (found !== undefined) return found
      const salt = randomBytes(16).toString('base64url')
      try {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: keyOf(site, source),
            UpdateExpression: 'SET salt = :salt, expiresAt = :expiresAt',
            ConditionExpression: hasNoSalt,
            ExpressionAttributeValues: {
              ':salt': { S: salt },
              ':expiresAt': { N: String(Math.floor(now() / 1000) + keptSeconds) },
            },
          }),
        )
        return salt
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
        return this.salt(site, source)
      }
    },

    async advance(site, source, progress, accepted) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(site, source),
          UpdateExpression: `SET line = :line, prefix = :prefix, done = :done ADD accepted :accepted ${progress.done ? 'REMOVE salt, expiresAt' : ''}`,
          ExpressionAttributeValues: {
            ':line': { N: String(progress.line) },
            ':prefix': { S: progress.prefix },
            ':done': { BOOL: progress.done },
            ':accepted': { N: String(accepted) },
          },
        }),
      )
    },
  }
}
