/** Deliveries of a site (delivery.ts), those of the last days. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import type { Delivery, DeliveryState } from './delivery.ts'
import { deliveryFromItem, deliveryKeys } from './delivery-item.ts'

/**
 * An incident may last three days, be found again for three days as its minutes are kept, and be delivered for one: no delivery
 * of an older one still waits.
 */
const readMs = 8 * 86_400_000

/** @param state only those in it; without it all */
export async function readDeliveries(
  client: DynamoDBClient,
  table: string,
  site: string,
  now: number,
  state?: DeliveryState,
): Promise<Delivery[]> {
  const { first, last } = deliveryKeys(now - readMs)
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'site = :site AND incident BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':site': { S: site },
        ':first': { S: first },
        ':last': { S: last },
        ...(state && { ':state': { S: state } }),
      },
      ...(state && { FilterExpression: '#state = :state', ExpressionAttributeNames: { '#state': 'state' } }),
      ConsistentRead: true,
    },
  )
  const deliveries: Delivery[] = []
  for await (const { Items = [] } of pages) deliveries.push(...Items.map(deliveryFromItem))
  return deliveries
}
