/** The cells of a site as they lie in the table, bucket by bucket, of two generations side by side. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type CellKey, type Granularity, parseCellKey, seriesOf } from '../aggregator/shapes/cell-key.ts'
import type { BucketCells, StoredCell } from './compare.ts'

/** Which side a cell belongs to; undefined: none. */
export type SideOf = (key: CellKey) => keyof BucketCells | undefined

/**
 * @returns buckets that hold something of either side, ascending. All of a series is read: what arrived in a segment may
 *   have happened at any time (an import), and sort keys begin with that.
 */
export async function* readBuckets(
  client: DynamoDBClient,
  table: string,
  { site, granularity }: { site: string; granularity: Granularity },
  sideOf: SideOf,
): AsyncGenerator<BucketCells> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'series = :series',
      ExpressionAttributeValues: { ':series': { S: seriesOf(site, granularity) } },
      ConsistentRead: true,
    },
  )
  let start: number | undefined
  let bucket: Record<keyof BucketCells, StoredCell[]> = { old: [], new: [] }
  for await (const { Items = [] } of pages)
    for (const { series, cell, data } of Items) {
      const key = parseCellKey(series?.S ?? '', cell?.S ?? '')
      const side = sideOf(key)
      if (!side || !data?.B) continue
      if (start !== undefined && key.start !== start) {
        yield bucket
        bucket = { old: [], new: [] }
      }
      start = key.start
      bucket[side].push({ key, data: data.B })
    }
  if (start !== undefined) yield bucket
}
