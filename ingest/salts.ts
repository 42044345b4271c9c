/**
 * Salts of the visitor hash (table `salts`): one for each UTC day, and at a site that remembers its visitors one for each of its
 * windows of weeks. Whichever endpoint needs it first makes it, and it is gone 24 hours after the day or window ended, so
 * that no hash can be recomputed later. Two more never change: one only chooses the shard of a visitor, is part of nothing
 * that is stored, and keeps a visitor on one shard across midnight; the other is for the networks of sites that ask for
 * them (network.ts), and is made when the first one is hashed.
 */
import { randomBytes } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'

/** What names of visitors are made under: `name` tells it from all others. Epoch milliseconds, the end not included. */
export type SaltPeriod = { name: string; from: number; to: number }

export type Salts = {
  /**
   * The salt of a period, made when it is missing. Rejects when DynamoDB cannot be asked.
   *
   * @param at what is deleted by then is forgotten here, too
   */
  of(period: SaltPeriod, at: number): Promise<string>
  /** The salt of a past period, if there was one. */
  ofPast(period: SaltPeriod): Promise<string | undefined>
  routing(): Promise<string>
  network(): Promise<string>
}

/** The first endpoint that needs it wins; the others read what it wrote. */
const notMadeYet = 'attribute_not_exists(#day)'
const routingKey = 'routing'
const networkKey = 'network'
/** Two of each site that remembers its visitors, as many as the registry keeps (sites.ts), and those of all. */
const maxCached = 20_000
const keptMs = 24 * 3_600_000
const lookAgainMs = 3_600_000

export function createSalts(client: DynamoDBClient, table: string): Salts {
  const cache = new Map<string, { salt: Promise<string | undefined>; expiresAt: number }>()
  let lookedAt = 0

  function forgetExpired(at: number): void {
    if (at < lookedAt + lookAgainMs) return
    lookedAt = at
    for (const [name, { expiresAt }] of cache) if (expiresAt <= at) cache.delete(name)
  }

  /** @param period undefined: for good */
  function cached(
    name: string,
    period: SaltPeriod | undefined,
    load: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const known = cache.get(name)
    if (known) return known.salt
    const salt = load()
    cache.set(name, { salt, expiresAt: expiryOf(period) })
    const oldest = cache.keys().next().value
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest)
    salt.catch(() => cache.delete(name))
    return salt
  }

  async function read(day: string): Promise<string | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { day: { S: day } }, ConsistentRead: true }),
    )
    return Item?.salt?.S
  }

  async function readOrMake(day: string, period: SaltPeriod | undefined): Promise<string | undefined> {
    const found = await read(day)
    if (found !== undefined) return found
    const salt = randomBytes(16).toString('base64url')
    const expiry = period && { expiresAt: { N: String(expiryOf(period) / 1000) } }
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

  const made = async (name: string, period?: SaltPeriod): Promise<string> => {
    const salt = await cached(name, period, () => readOrMake(name, period))
    if (salt === undefined) throw new Error(`the salt ${name} was deleted while it was made`)
    return salt
  }

  return {
    of(period, at) {
      forgetExpired(at)
      return made(period.name, period)
    },
    ofPast: (period) => cached(period.name, period, () => read(period.name)),
    routing: () => made(routingKey),
    network: () => made(networkKey),
  }
}

/** Epoch milliseconds after which a salt is deleted. */
function expiryOf(period: SaltPeriod | undefined): number {
  return period ? period.to + keptMs : Number.POSITIVE_INFINITY
}
