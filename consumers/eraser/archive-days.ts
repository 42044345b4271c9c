import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'

/** UTC days of arrival of which the manifest knows anything, ascending. Reads all of it, keys alone. */
export async function listArchiveDays(client: DynamoDBClient, table: string): Promise<string[]> {
  const query = { TableName: table, ProjectionExpression: '#day', ExpressionAttributeNames: { '#day': 'day' } }
  const days = new Set<string>()
  for await (const { Items = [] } of paginateScan({ client }, query))
    for (const { day } of Items) if (day?.S !== undefined) days.add(day.S)
  return [...days].sort()
}
