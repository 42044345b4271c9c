/** Deletes what has expired, as DynamoDB's time to live does and dynalite does not. */
import { DeleteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { readSettings } from '../stream/settings.ts'
import { type TableShape, tables } from '../stream/tables.ts'

const intervalMs = 10 * 60_000

/** @param port where dynalite listens on this machine */
export function sweepExpired(port: number): void {
  const client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}`, region: 'local', maxAttempts: 1 })
  const prefix = readSettings(process.env).RETRACE_TABLE_PREFIX
  const sweep = async () => {
    for (const [name, shape] of Object.entries<TableShape>(tables)) {
      if (shape.expiresAt) await sweepTable(client, prefix + name, shape, shape.expiresAt)
    }
  }
  // What fails now is swept the next time.
  setInterval(() => sweep().catch((error: unknown) => console.error(error)), intervalMs).unref()
}

async function sweepTable(client: DynamoDBClient, table: string, shape: TableShape, expiresAt: string): Promise<void> {
  const hasExpired = {
    ExpressionAttributeNames: { '#expiresAt': expiresAt },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
  }
  const keys = [shape.partitionKey, shape.sortKey].filter((key) => key !== undefined)
  const pages = paginateScan({ client }, { TableName: table, FilterExpression: '#expiresAt < :now', ...hasExpired })
  for await (const page of pages) {
    for (const item of page.Items ?? []) {
      const Key = Object.fromEntries(keys.map((key) => [key, item[key] ?? { S: '' }]))
      // Unless it was given more time since the scan saw it.
      const ConditionExpression = '#expiresAt < :now'
      await client.send(new DeleteItemCommand({ TableName: table, Key, ConditionExpression, ...hasExpired }))
    }
  }
}
