/** Who is told of a site's incidents, and what came of it (consumers/anomaly-detector/shapes/webhook.ts, delivery.ts). */
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Delivery, NewDelivery } from '../../consumers/anomaly-detector/shapes/delivery.ts'
import { newDeliveryItem } from '../../consumers/anomaly-detector/shapes/delivery-item.ts'
import { readDeliveries } from '../../consumers/anomaly-detector/shapes/read-deliveries.ts'
import {
  readWebhooks,
  type Webhook,
  webhookKey,
  webhookToItem,
} from '../../consumers/anomaly-detector/shapes/webhook.ts'
import { happens } from './access-entries.ts'

export type WebhookStore = {
  /** The oldest first. */
  list(site: string): Promise<Webhook[]>
  add(webhook: Webhook): Promise<void>
  /** False when the site has none of this id. */
  remove(site: string, id: string): Promise<boolean>
  /** Of all webhooks of a site, revoked ones too: those of the last days. */
  deliveries(site: string, now: number): Promise<Delivery[]>
  /** Has the deliverer send it. */
  send(delivery: NewDelivery): Promise<void>
}

const isThere = 'attribute_exists(kind)'

export function createWebhookStore(client: DynamoDBClient, control: string, incidents: string): WebhookStore {
  return {
    list: (site) => readWebhooks(client, control, site),

    async add(webhook) {
      await client.send(new PutItemCommand({ TableName: control, Item: webhookToItem(webhook) }))
    },

    remove: (site, id) =>
      happens(
        client.send(
          new DeleteItemCommand({ TableName: control, Key: webhookKey(site, id), ConditionExpression: isThere }),
        ),
      ),

    deliveries: (site, now) => readDeliveries(client, incidents, site, now),

    async send(delivery) {
      await client.send(new PutItemCommand({ TableName: incidents, Item: newDeliveryItem(delivery) }))
    },
  }
}
