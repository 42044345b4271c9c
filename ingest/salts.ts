/**
 * Salts of the visitor hash (table `salts`): one for each UTC day, made by whichever endpoint needs it first and
 * gone 48 hours after the day began, so that no hash can be recomputed later. Two more never change: one only chooses
 * the shard of a visitor, is part of nothing that is stored, and keeps a visitor on one shard across midnight; the other
 * is for the networks of sites that ask for them (network.ts), and is made when the first one is hashed.
 */
import { randomBytes } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'

export type Salts = {
  /** The salt of a UTC day (`YYYY-MM-DD`), made when it is missing. Rejects when DynamoDB cannot be asked. */
  ofDay(day: string): Promise<string>
  /** The salt of a past day, if there was one. */
  ofPastDay(day: string): Promise<string | undefined>
  routing(): Promise<string>
  network(): Promise<string>
}

/** First endpoint of the day wins; the others read what it wrote. */
const notMadeYet = 'attribute_not_exists(#day)'
const routingKey = 'routing'
const networkKey = 'network'
/** Today, yesterday and the two that stay, and what a run over midnight leaves behind. */
const maxCached = 8

export function createSalts(client: DynamoDBClient, table: string): Salts {
  const cache = new Map<string, Promise<string | undefined>>()

  function cached(day: string, load: () => Promise<string | undefined>): Promise<string | undefined> {
    const known = cache.get(day)
    if (known) return known
    const loading = load()
    cache.set(day, loading)
    const oldest = cache.keys().next().value
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest)
    loading.catch(() => cache.delete(day))
    return loading
  }

  async function read(day: string): Promise<string | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { day: { S: day } }, ConsistentRead: true }),
    )
    return Item?.salt?.S
  }

  async function readOrMake(day: string, expiresAt: number | undefined): Promise<string | undefined> {
    const found = await read(day)
    if (found !== undefined) return found
    const salt = randomBytes(16).toString('base64url')
    const expiry = expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { day: { S: day }, salt: { S: salt }, ...expiry },
          ConditionExpression: notMadeYet,
          ExpressionAttributeNames: { '#day': 'day' },
        }),
      )
      return salt
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return read(day)
      throw error
    }
  }

  const made = async (day: string, expiresAt?: number): Promise<string> => {
    const salt = await cached(day, () => readOrMake(day, expiresAt))
    if (salt === undefined) throw new Error(`the salt ${day} was deleted while it was made`)
    return salt
  }

  return {
    ofDay: (day) => made(day, Date.parse(day) / 1000 + 48 * 3600),
    ofPastDay: (day) => cached(day, () => read(day)),
    routing: () => made(routingKey),
    network: () => made(networkKey),
  }
}
