/** Takes cells away, wherever that is done: of a generation that is dropped, of a site that is erased, of days that are over. */
import { DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../runtime/exactly-once.ts'
import { type CellKey, granularities, parseCellKey, seriesOf } from './cell-key.ts'

/**
 * Looks at every key of a site's series, and reads no cell. One delete for each, because the right to batches would be the
 * right to write as well. May be repeated after a crash.
 *
 * @param isOver which cells go
 * @returns how many items there were
 */
export async function deleteCellsOf(
  client: DynamoDBClient,
  table: string,
  site: string,
  isOver: (key: CellKey) => boolean,
): Promise<number> {
  let deleted = 0
  for (const granularity of granularities) {
    const series = seriesOf(site, granularity)
    const query = {
      TableName: table,
      KeyConditionExpression: 'series = :series',
      ProjectionExpression: 'cell',
      ExpressionAttributeValues: { ':series': { S: series } },
      ConsistentRead: true,
    }
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      const cells = Items.map(({ cell }) => cell?.S ?? '').filter((cell) => isOver(parseCellKey(series, cell)))
      await inParallel(cells, async (cell) => {
        await client.send(
          new DeleteItemCommand({ TableName: table, Key: { series: { S: series }, cell: { S: cell } } }),
        )
      })
      deleted += cells.length
    }
  }
  return deleted
}
