/** Every item of a DynamoDB table as text that compares, without what depends on when it was written. */
import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { TableShape } from '../../stream/tables.ts'

/**
 * The attribute by which DynamoDB deletes an item is left out: it says how long to keep it, not what it holds.
 *
 * @returns by partition and sort key; attributes in the order of their names, bytes in base64
 */
export async function readTable(
  client: DynamoDBClient,
  table: string,
  { partitionKey, sortKey, expiresAt }: TableShape,
): Promise<Map<string, string>> {
  const items = new Map<string, string>()
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    for (const item of Items) {
      const key = [partitionKey, ...(sortKey ? [sortKey] : [])].map((name) => item[name]?.S ?? '').join(' ')
      const names = Object.keys(item).filter((name) => name !== expiresAt)
      items.set(
        key,
        names
          .sort()
          .map((name) => `${name}=${textOf(item[name] as AttributeValue)}`)
          .join(' '),
      )
    }
  return items
}

function textOf(value: AttributeValue): string {
  return JSON.stringify(value, (_, inner: unknown) => (inner instanceof Uint8Array ? base64(inner) : inner))
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
