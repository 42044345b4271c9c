/** What Firehose has delivered, and what it has refused. */
import { GetObjectCommand, ListObjectsCommand } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { listPages } from '../../stream/list-pages.ts'

export type Warehouse = {
  /** Rows of Parquet objects, with the folder that each lies in. */
  delivered: { folder: string; row: Record<string, unknown> }[]
  /** Events, of which there can be several in what was refused. */
  refused: number
}

export async function readWarehouse({ clients, settings }: ConsumerEnvironment): Promise<Warehouse> {
  const Bucket = settings.RETRACE_BUCKET
  const warehouse: Warehouse = { delivered: [], refused: 0 }
  const list = (Marker?: string) => clients.s3.send(new ListObjectsCommand({ Bucket, Prefix: 'warehouse', Marker }))
  for await (const objects of listPages(list))
    for (const { Key = '' } of objects) {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }))
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
      if (Key.startsWith('warehouse-refused/')) warehouse.refused += countRefused(Buffer.from(bytes).toString())
      else {
        const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
        const folder = Key.slice(0, Key.lastIndexOf('/'))
        for (const row of await parquetReadObjects({ file })) warehouse.delivered.push({ folder, row })
      }
    }
  return warehouse
}

/** A line a record, which holds an event a line. */
function countRefused(text: string): number {
  const records = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { rawData: string; ErrorMessage: string })
  let events = 0
  for (const { rawData, ErrorMessage } of records) {
    const lines = Buffer.from(rawData, 'base64').toString().trim().split('\n')
    // MiniStack does not take records apart (RecordDeAggregation), so those with one event alone get through.
    if (lines.length < 2) throw new Error(`Firehose refuses an event: ${ErrorMessage}`)
    events += lines.length
  }
  return events
}
