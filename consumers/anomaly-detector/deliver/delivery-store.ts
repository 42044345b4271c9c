/** Deliveries in the table `incidents` (shapes/delivery.ts): added once, claimed by one at a time. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Delivery, DeliveryError, DeliveryState, NewDelivery } from '../shapes/delivery.ts'
import { deliveryKey, newDeliveryItem } from '../shapes/delivery-item.ts'
import { readDeliveries } from '../shapes/read-deliveries.ts'

/** How a try went: `waiting` is tried again at `dueAt`. */
export type Tried = { state: DeliveryState; dueAt: number; status?: number; error?: DeliveryError }

export type DeliveryStore = {
  /** Unless it is there already, whatever became of it. */
  add(delivery: NewDelivery): Promise<void>
  /** Whether it was added, whatever became of it. */
  has(delivery: Omit<NewDelivery, 'createdAt'>): Promise<boolean>
  /** Those of a site that still have to be delivered, due or not. */
  waiting(site: string, now: number): Promise<Delivery[]>
  /**
   * Takes one to try it.
   *
   * @param until when somebody else may take it, should nobody say by then how it went
   * @returns undefined when somebody else took it first, or it is gone
   */
  claim(seen: Delivery, now: number, until: number): Promise<Delivery | undefined>
  /** Notes how it went, unless somebody else has taken it since, or it is gone. */
  settle(claimed: Delivery, tried: Tried): Promise<void>
}

const isNew = 'attribute_not_exists(incident)'
/** Each try counts, so nobody else has begun one. */
const isAsSeen = '#state = :waiting AND attempts = :attempts'

export function createDeliveryStore(client: DynamoDBClient, table: string): DeliveryStore {
  async function update(
    delivery: Delivery,
    change: string,
    values: Record<string, AttributeValue>,
    names: Record<string, string> = {},
  ): Promise<boolean> {
    return happens(
      client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: deliveryKey(delivery),
          UpdateExpression: change,
          ConditionExpression: isAsSeen,
          ExpressionAttributeNames: { '#state': 'state', ...names },
          ExpressionAttributeValues: {
            ':waiting': { S: 'waiting' satisfies DeliveryState },
            ':attempts': { N: String(delivery.attempts) },
            ...values,
          },
        }),
      ),
    )
  }

  return {
    async add(delivery) {
      const Item = newDeliveryItem(delivery)
      await happens(client.send(new PutItemCommand({ TableName: table, Item, ConditionExpression: isNew })))
    },

    async has(delivery) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: deliveryKey(delivery), ConsistentRead: true }),
      )
      return Item !== undefined
    },

    waiting: (site, now) => readDeliveries(client, table, site, now, 'waiting'),

    async claim(seen, now, until) {
      const attempts = seen.attempts + 1
      const took = await update(seen, 'SET attempts = :next, dueAt = :until, triedAt = :now', {
        ':next': { N: String(attempts) },
        ':until': { N: String(until) },
        ':now': { N: String(now) },
      })
      return took ? { ...seen, attempts, dueAt: until, triedAt: now } : undefined
    },

    async settle(claimed, { state, dueAt, status, error }) {
      const known: Record<string, AttributeValue> = {
        ...(status !== undefined && { status: { N: String(status) } }),
        ...(error !== undefined && { error: { S: error } }),
      }
      const fields = ['status', 'error']
      const set = Object.keys(known).map((name) => `, #${name} = :${name}`)
      const gone = fields.filter((name) => !(name in known)).map((name) => `#${name}`)
      await update(
        claimed,
        `SET #state = :state, dueAt = :dueAt${set.join('')}${gone.length > 0 ? ` REMOVE ${gone.join(', ')}` : ''}`,
        {
          ':state': { S: state },
          ':dueAt': { N: String(dueAt) },
          ...Object.fromEntries(Object.entries(known).map(([name, value]) => [`:${name}`, value])),
        },
        Object.fromEntries(fields.map((name) => [`#${name}`, name])),
      )
    },
  }
}

/** @returns false when the condition did not hold */
async function happens(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
