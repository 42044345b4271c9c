/** Rows as Parquet and back: zstd, in row groups that fit in memory one at a time. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Compressors, type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { type ArchiveRow, fromColumns, toColumns } from './rows.ts'

/** What is held decoded while an object is read: some 25 MB. Larger groups take no fewer bytes (docs/measurements.md). */
export const rowGroupRows = 25_000
/** 19 takes 5 % fewer bytes and four times the time (docs/measurements.md). */
const zstdLevel = 9

const writeCompressors = {
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } }),
}
const readCompressors: Compressors = { ZSTD: (bytes) => new Uint8Array(zstdDecompressSync(bytes)) }

/** Takes rows in portions and answers with one object: what is held meanwhile is what is encoded already. */
export class ParquetObject {
  readonly #bytes = new ByteWriter()
  readonly #writer = new ParquetWriter({
    writer: this.#bytes,
    schema: schemaFromColumnData({ columnData: toColumns([]) }),
    codec: 'ZSTD',
    compressors: writeCompressors,
  })

  /** One row group: at most `rowGroupRows`. */
  append(rows: readonly ArchiveRow[]): void {
    // Writing to memory, it is done when it returns; a promise comes only from writers that flush elsewhere.
    void this.#writer.write({ columnData: toColumns(rows), rowGroupSize: Math.max(1, rows.length) })
  }

  finish(): Uint8Array {
    void this.#writer.finish()
    return this.#bytes.getBytes()
  }
}

export function toParquet(rows: readonly ArchiveRow[]): Uint8Array {
  const object = new ParquetObject()
  for (let from = 0; from < rows.length; from += rowGroupRows) object.append(rows.slice(from, from + rowGroupRows))
  return object.finish()
}

/** The rows of an object as they were written, a row group at a time. */
export async function* fromParquet(object: Uint8Array): AsyncGenerator<ArchiveRow[]> {
  const file = object.buffer.slice(object.byteOffset, object.byteOffset + object.byteLength) as ArrayBuffer
  const metadata: FileMetaData = parquetMetadata(file)
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const rows = await parquetReadObjects({ file, metadata, compressors: readCompressors, rowStart, rowEnd })
    yield rows.map(fromColumns)
    rowStart = rowEnd
  }
}
