/** Every row of the archive, by its place in the stream. Rows compare; in which objects they lie does not matter. */
import { zstdDecompressSync } from 'node:zlib'
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'
import { parquetReadObjects } from 'hyparquet'

export type ArchiveContent = {
  /** All columns of a row, by shard, sequence number and index. */
  rows: Map<string, string>
  /** Rows beyond the first for one place in the stream. */
  doubled: number
}

const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) }

/** @returns the place as a key: that of an event in the stream, and of its row */
export function placeKey(shardId: string, sequenceNumber: string, index: number): string {
  return `${shardId} ${sequenceNumber} ${index}`
}

/** Nothing should be written meanwhile. */
export async function readArchive(client: S3Client, bucket: string): Promise<ArchiveContent> {
  const content: ArchiveContent = { rows: new Map(), doubled: 0 }
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: 'archive/' }))
    for (const { Key = '' } of Contents.filter(({ Key }) => Key?.endsWith('.parquet'))) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
      for (const row of await parquetReadObjects({ file, compressors })) add(content, row)
    }
  return content
}

function add(content: ArchiveContent, row: Record<string, unknown>): void {
  const key = placeKey(String(row.shard), String(row.sequence), Number(row.index))
  if (content.rows.has(key)) content.doubled += 1
  content.rows.set(
    key,
    JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}
