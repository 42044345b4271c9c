/**
 * Who is told of a site's incidents, and how (table `control`, kind `webhook`: at first there was nothing else). The secret
 * signs what a webhook is sent, and links in mails, so it is kept as it is; no answer of the API has it once it was told.
 *
 *     kind         S  partition key, `webhook`
 *     name         S  sort key, `SITE#ID`
 *     type         S  webhook, email or topic; absent: webhook
 *     url          S  where it is posted to, the e-mail address, or the ARN of the SNS topic
 *     secret       S
 *     dashboard    S  origin under which the dashboard was reached when it was made: links lead there
 *     createdBy    S
 *     createdAt    N  epoch milliseconds: it is told of incidents that began after it
 *     gets         S  of a webhook or an e-mail address: what it gets, with commas between; absent: incidents
 *     confirmedAt  N  of an e-mail address: when whoever reads it said yes; until then nothing else is sent there
 */
import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'

export const channelTypes = ['webhook', 'email', 'topic'] as const
export type ChannelType = (typeof channelTypes)[number]

export const subscriptions = ['incidents', 'weekly', 'monthly'] as const
export type Subscription = (typeof subscriptions)[number]

export type Channel = {
  site: string
  id: string
  type: ChannelType
  /** As `url` above. */
  target: string
  secret: string
  dashboard: string
  createdBy: string
  createdAt: number
  /** Incidents, and reports of weeks and months, which go to no topic; absent: incidents. */
  gets?: readonly Subscription[]
  confirmedAt?: number
}

const kind = 'webhook'
type Attribute = { S: string } | { N: string }
type Item = Record<string, { S?: string; N?: string }>

/** Whether it is told of incidents. An address that nobody has confirmed may be anybody's. */
export function isOpen({ type, confirmedAt }: Channel): boolean {
  return type !== 'email' || confirmedAt !== undefined
}

export function doesGet({ gets = ['incidents'] }: Channel, what: Subscription): boolean {
  return gets.includes(what)
}

export function channelKey(site: string, id: string): { kind: { S: string }; name: { S: string } } {
  return { kind: { S: kind }, name: { S: `${site}#${id}` } }
}

export function channelToItem(channel: Channel): Record<string, Attribute> {
  const { site, id, type, target, secret, dashboard, createdBy, createdAt, gets, confirmedAt } = channel
  return {
    ...channelKey(site, id),
    type: { S: type },
    url: { S: target },
    secret: { S: secret },
    dashboard: { S: dashboard },
    createdBy: { S: createdBy },
    createdAt: { N: String(createdAt) },
    ...(gets && { gets: { S: gets.join() } }),
    ...(confirmedAt !== undefined && { confirmedAt: { N: String(confirmedAt) } }),
  }
}

function channelFromItem(item: Item): Channel {
  const text = (name: string) => item[name]?.S ?? ''
  const [site = '', id = ''] = text('name').split('#')
  return {
    site,
    id,
    type: channelTypes.find((type) => type === item.type?.S) ?? 'webhook',
    target: text('url'),
    secret: text('secret'),
    dashboard: text('dashboard'),
    createdBy: text('createdBy'),
    createdAt: Number(item.createdAt?.N ?? 0),
    ...(item.gets && { gets: subscriptions.filter((each) => text('gets').split(',').includes(each)) }),
    ...(item.confirmedAt && { confirmedAt: Number(item.confirmedAt.N) }),
  }
}

/** @param site without it those of all sites; the oldest first */
export async function readChannels(client: DynamoDBClient, table: string, site?: string): Promise<Channel[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: `kind = :kind${site === undefined ? '' : ' AND begins_with(#name, :site)'}`,
      ...(site !== undefined && { ExpressionAttributeNames: { '#name': 'name' } }),
      ExpressionAttributeValues: { ':kind': { S: kind }, ...(site !== undefined && { ':site': { S: `${site}#` } }) },
      ConsistentRead: true,
    },
  )
  const channels: Channel[] = []
  for await (const { Items = [] } of pages) channels.push(...Items.map(channelFromItem))
  return channels.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

export async function readChannel(
  client: DynamoDBClient,
  table: string,
  site: string,
  id: string,
): Promise<Channel | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: channelKey(site, id), ConsistentRead: true }),
  )
  return Item && channelFromItem(Item)
}
