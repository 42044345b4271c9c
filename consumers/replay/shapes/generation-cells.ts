/** Deletes the cells of a generation. */
import { DeleteItemCommand, type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { granularities, parseCellKey, seriesOf } from '../../aggregator/shapes/cell-key.ts'
import { inParallel } from '../../runtime/exactly-once.ts'
import type { GenerationRecord } from './generations.ts'

/**
 * Looks at every key of the sites' series: a visit counts where it began, which may be long before the segment in which
 * something was learnt of it. One delete for each, because the right to batches would be the right to write as well.
 *
 * @param allSites every site that ever had cells
 * @returns how many items there were
 */
export async function deleteCells(
  client: DynamoDBClient,
  table: string,
  { id, sites }: Pick<GenerationRecord, 'id' | 'sites'>,
  allSites: () => Promise<readonly string[]>,
): Promise<number> {
  let deleted = 0
  for (const site of sites === 'all' ? await allSites() : sites)
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
        const cells = Items.map(({ cell }) => cell?.S ?? '').filter(
          (cell) => parseCellKey(series, cell).generation === id,
        )
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
