/** What consumers have left behind. */
import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { decodeCell } from '../../consumers/aggregator/shapes/cell.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { listObjects } from './stream.ts'

/** Events in the day cells of a table. */
export async function countedEvents(table: string): Promise<number> {
  let events = 0
  const isDay = (item: Record<string, AttributeValue>) => item.series?.S?.endsWith('#day')
  for await (const { Items = [] } of paginateScan({ client: new DynamoDBClient({}) }, { TableName: table }))
    for (const item of Items) if (isDay(item) && item.data?.B) events += decodeCell(item.data.B).totals.events
  return events
}

export async function archivedRows({ objects, settings }: ConsumerEnvironment): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (const key of await listObjects(settings.RETRACE_BUCKET, 'archive/')) {
    const bytes = await objects.get(key)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    rows.push(...(await parquetReadObjects({ file, compressors })))
  }
  return rows
}
