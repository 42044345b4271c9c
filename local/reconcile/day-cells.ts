/** What the cells say of page views and clicks, by site and day, as far as each has come. */
import { paginateQuery } from '@aws-sdk/client-dynamodb'
import { decodeCell } from '../../consumers/aggregator/shapes/cell.ts'
import {
  type CellKey,
  cellText,
  liveGeneration,
  parseCellKey,
  seriesOf,
} from '../../consumers/aggregator/shapes/cell-key.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import type { SequenceNumber } from '../../stream/sequence.ts'

export type DayCell = { key: CellKey; sequence: SequenceNumber; pageviews: number; clicks: number }

type Tables = Pick<ConsumerEnvironment, 'clients' | 'table'>

/** @param segments names of arrival segments */
export async function readDayCells(
  { clients, table }: Tables,
  sites: Iterable<string>,
  segments: ReadonlySet<string>,
): Promise<DayCell[]> {
  const cells: DayCell[] = []
  for (const name of sites) {
    const pages = paginateQuery(
      { client: clients.dynamo },
      {
        TableName: table('cells'),
        KeyConditionExpression: 'series = :series',
        ExpressionAttributeValues: { ':series': { S: seriesOf(name, 'day') } },
        ConsistentRead: true,
      },
    )
    for await (const { Items = [] } of pages) {
      for (const { series, cell, sequence, data } of Items) {
        const key = parseCellKey(series?.S ?? '', cell?.S ?? '')
        const { site, granularity, start, segment, generation, shardId } = key
        // Totals alone: whatever else lies under a cell's key adds nothing to them.
        if (cell?.S !== cellText({ site, granularity, start, segment, generation, shardId })) continue
        if (!segments.has(segment) || generation !== liveGeneration || !data?.B || !sequence?.S) continue
        const { pageviews, clicks } = decodeCell(data.B).totals
        cells.push({ key, sequence: sequence.S, pageviews, clicks })
      }
    }
  }
  return cells
}
