/** Who is told of a site's incidents, and what came of it (consumers/anomaly-detector/shapes/channel.ts, delivery.ts). */
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { type AlertRules, readRules, rulesToItem } from '../../consumers/anomaly-detector/shapes/alert-rules.ts'
import {
  type Channel,
  channelKey,
  channelToItem,
  readChannel,
  readChannels,
  type Subscription,
} from '../../consumers/anomaly-detector/shapes/channel.ts'
import type { Delivery, NewDelivery } from '../../consumers/anomaly-detector/shapes/delivery.ts'
import { newDeliveryItem } from '../../consumers/anomaly-detector/shapes/delivery-item.ts'
import { readDeliveries } from '../../consumers/anomaly-detector/shapes/read-deliveries.ts'
import { happens } from './access-entries.ts'

export type ChannelStore = {
  /** The oldest first. */
  list(site: string): Promise<Channel[]>
  find(site: string, id: string): Promise<Channel | undefined>
  add(channel: Channel): Promise<void>
  /** Of an e-mail address: whoever reads it said yes. Again, it changes nothing. */
  confirm(site: string, id: string, now: number): Promise<void>
  /** What it gets; false when the site has none of this id. */
  setGets(site: string, id: string, gets: readonly Subscription[]): Promise<boolean>
  /** False when the site has none of this id. */
  remove(site: string, id: string): Promise<boolean>
  /** Which incidents of a site are told, and when not. */
  rules(site: string): Promise<AlertRules>
  setRules(site: string, rules: AlertRules): Promise<void>
  /** Of all channels of a site, revoked ones too: those of the last days. */
  deliveries(site: string, now: number): Promise<Delivery[]>
  /** Has the deliverer send it. */
  send(delivery: NewDelivery): Promise<void>
}

const isThere = 'attribute_exists(kind)'
const isUnconfirmed = 'attribute_exists(kind) AND attribute_not_exists(confirmedAt)'

export function createChannelStore(client: DynamoDBClient, control: string, incidents: string): ChannelStore {
  return {
    list: (site) => readChannels(client, control, site),

    find: (site, id) => readChannel(client, control, site, id),

    async confirm(site, id, now) {
      await happens(
        client.send(
          new UpdateItemCommand({
            TableName: control,
            Key: channelKey(site, id),
            UpdateExpression: 'SET confirmedAt = :now',
            ConditionExpression: isUnconfirmed,
            ExpressionAttributeValues: { ':now': { N: String(now) } },
          }),
        ),
      )
    },

    setGets: (site, id, gets) =>
      happens(
        client.send(
          new UpdateItemCommand({
            TableName: control,
            Key: channelKey(site, id),
            UpdateExpression: 'SET gets = :gets',
            ConditionExpression: isThere,
            ExpressionAttributeValues: { ':gets': { S: gets.join() } },
          }),
        ),
      ),

    async add(channel) {
      await client.send(new PutItemCommand({ TableName: control, Item: channelToItem(channel) }))
    },

    remove: (site, id) =>
      happens(
        client.send(
          new DeleteItemCommand({ TableName: control, Key: channelKey(site, id), ConditionExpression: isThere }),
        ),
      ),

    rules: (site) => readRules(client, control, site),

    async setRules(site, rules) {
      await client.send(new PutItemCommand({ TableName: control, Item: rulesToItem(site, rules) }))
    },

    deliveries: (site, now) => readDeliveries(client, incidents, site, now),

    async send(delivery) {
      await client.send(new PutItemCommand({ TableName: incidents, Item: newDeliveryItem(delivery) }))
    },
  }
}
