/** Every row of the archive, by its place in the stream. Rows compare; in which objects they lie does not matter. */
import { zstdDecompressSync } from 'node:zlib'
import { paginateScan } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'
import type { StoreClients } from './stores.ts'

export type ArchiveContent = {
  /** All columns of a row, by shard, sequence number and index. */
  rows: Map<string, string>
  /** Rows beyond the first for one place in the stream. */
  doubled: number
  /** That the manifest names. */
  objects: number
  /** Writes of the manifest. Each new object is one: more of them than objects are of merging and deleting. */
  revisions: number
}

const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) }

/** @returns the place as a key: that of an event in the stream, and of its row */
export function placeKey(shardId: string, sequenceNumber: string, index: number): string {
  return `${shardId} ${sequenceNumber} ${index}`
}

/** Where an archive lies: its manifest and its objects. */
export type ArchivePlace = { tablePrefix: string; bucket: string }

/**
 * The objects that the manifest names (table `archive`, consumers/archiver/manifest.ts); others are leftovers of a crash,
 * which do not count. Nothing should be written meanwhile.
 */
export async function readArchive(
  { dynamo, s3 }: Pick<StoreClients, 'dynamo' | 's3'>,
  { tablePrefix, bucket }: ArchivePlace,
): Promise<ArchiveContent> {
  const content: ArchiveContent = { rows: new Map(), doubled: 0, objects: 0, revisions: 0 }
  const pages = paginateScan({ client: dynamo }, { TableName: `${tablePrefix}archive`, ConsistentRead: true })
  for await (const { Items = [] } of pages)
    for (const { objects, revision } of Items) {
      const keys = keysOf(objects?.B)
      content.objects += keys.length
      content.revisions += Number(revision?.N ?? 0)
      for (const key of keys) {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
        const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
        for (const row of await parquetReadObjects({ file, compressors })) add(content, row)
      }
    }
  return content
}

function keysOf(objects: Uint8Array | undefined): string[] {
  if (!objects) return []
  return (JSON.parse(zstdDecompressSync(objects).toString()) as { key: string }[]).map(({ key }) => key)
}

function add(content: ArchiveContent, row: Record<string, unknown>): void {
  const key = placeKey(String(row.shard), String(row.sequence), Number(row.index))
  if (content.rows.has(key)) content.doubled += 1
  content.rows.set(
    key,
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}
