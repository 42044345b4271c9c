/**
 * Who is told of a site's incidents (table `control`, kind `webhook`). The secret signs what is sent, so it is kept as it is,
 * and no answer of the API has it once it was told.
 *
 *     kind       S  partition key, `webhook`
 *     name       S  sort key, `SITE#ID`
 *     url        S  where it is posted to
 *     secret     S
 *     dashboard  S  origin under which the dashboard was reached when it was made: links lead there
 *     createdBy  S
 *     createdAt  N  epoch milliseconds: it is told of incidents that began after it
 */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'

export type Webhook = {
  site: string
  id: string
  url: string
  secret: string
  dashboard: string
  createdBy: string
  createdAt: number
}

const kind = 'webhook'
type Attribute = { S: string } | { N: string }

export function webhookKey(site: string, id: string): { kind: { S: string }; name: { S: string } } {
  return { kind: { S: kind }, name: { S: `${site}#${id}` } }
}

export function webhookToItem(webhook: Webhook): Record<string, Attribute> {
  const { site, id, url, secret, dashboard, createdBy, createdAt } = webhook
  return {
    ...webhookKey(site, id),
    url: { S: url },
    secret: { S: secret },
    dashboard: { S: dashboard },
    createdBy: { S: createdBy },
    createdAt: { N: String(createdAt) },
  }
}

function webhookFromItem(item: Record<string, { S?: string; N?: string }>): Webhook {
  const text = (name: string) => item[name]?.S ?? ''
  const [site = '', id = ''] = text('name').split('#')
  return {
    site,
    id,
    url: text('url'),
    secret: text('secret'),
    dashboard: text('dashboard'),
    createdBy: text('createdBy'),
    createdAt: Number(item.createdAt?.N ?? 0),
  }
}

/** @param site without it those of all sites; the oldest first */
export async function readWebhooks(client: DynamoDBClient, table: string, site?: string): Promise<Webhook[]> {
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
  const webhooks: Webhook[] = []
  for await (const { Items = [] } of pages) webhooks.push(...Items.map(webhookFromItem))
  return webhooks.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}
