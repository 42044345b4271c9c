/** Rows as Parquet and back: zstd, in row groups that fit in memory one at a time. */
import { constants } from 'node:zlib'
import { type Compressors, type FileMetaData, parquetMetadata, parquetRead, parquetReadObjects } from 'hyparquet'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { compress, decompress } from '../../stream/zstd.ts'
import { type Column, decodeColumn } from './parquet-columns.ts'
import { type ArchiveRow, fromColumns, toColumns } from './rows.ts'

/** What is held decoded while an object is read: some 25 MB. Larger groups take no fewer bytes (docs/measurements.md). */
export const rowGroupRows = 25_000
/** 19 takes 5 % fewer bytes and four times the time (docs/measurements.md). */
const zstdLevel = 9

/** With a checksum in every page, of four bytes: who reads values that were altered is told, and not given others. */
const zstdParameters = { [constants.ZSTD_c_compressionLevel]: zstdLevel, [constants.ZSTD_c_checksumFlag]: 1 }
const writeCompressors = { ZSTD: (bytes: Uint8Array) => compress(bytes, { params: zstdParameters }) }
const readCompressors: Compressors = { ZSTD: (bytes) => new Uint8Array(decompress(bytes)) }

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

  /** What is encoded so far, which is held no more: `finish` then has only what comes after it. */
  take(): Uint8Array {
    const bytes = this.#bytes.getBytes().slice()
    // The writer counts `offset`, by which the footer finds the row groups, apart from its place in the buffer.
    this.#bytes.index = 0
    return bytes
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
  const file = bufferOf(object)
  const metadata: FileMetaData = parquetMetadata(file)
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const rows = await parquetReadObjects({ file, metadata, compressors: readCompressors, rowStart, rowEnd })
    yield rows.map(fromColumns)
    rowStart = rowEnd
  }
}

/** Some columns of an object's rows, a row group at a time: what is asked for alone is decoded. */
export async function* columnsOnly<Name extends string>(
  object: Uint8Array,
  columns: readonly Name[],
): AsyncGenerator<Record<Name, unknown>[]> {
  const file = bufferOf(object)
  const metadata: FileMetaData = parquetMetadata(file)
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const part = { file, metadata, compressors: readCompressors, rowStart, rowEnd, columns: [...columns] }
    yield (await parquetReadObjects(part)) as Record<Name, unknown>[]
    rowStart = rowEnd
  }
}

/** Some rows as columns: a third of the time that objects of rows take. */
export type RowGroup = {
  rows: number
  /** Empty when no row has a value, and when the object was written before the archive had this column. */
  column(name: string): Column
}

const noValues: Column = []

/** The rows of an object by columns, a row group at a time. */
export async function* columnsFromParquet(object: Uint8Array): AsyncGenerator<RowGroup> {
  const file = bufferOf(object)
  const metadata: FileMetaData = parquetMetadata(file)
  const elements = new Map(metadata.schema.map((element) => [element.name, element]))
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    const columns = new Map<string, Column>()
    const others: string[] = []
    for (const { meta_data: chunk } of group.columns) {
      // Of many columns no row of a group has a value.
      if (!chunk || chunk.statistics?.null_count === group.num_rows) continue
      const [name = ''] = chunk.path_in_schema
      const element = elements.get(name)
      const column = element && decodeColumn(object, element, chunk, rows)
      if (column) columns.set(name, column)
      else others.push(name)
    }
    if (others.length > 0) {
      const read = await readColumns({ file, metadata, rowStart, rowEnd: rowStart + rows }, others)
      for (const [name, column] of read) columns.set(name, column)
    }
    yield { rows, column: (name) => columns.get(name) ?? noValues }
    rowStart += rows
  }
}

/** Its own, and no copy where it has one: an object may be 30 MB. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  const isWhole = buffer.byteLength === byteLength
  return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer
}

/** Any columns, by hyparquet. */
async function readColumns(
  part: { file: ArrayBuffer; metadata: FileMetaData; rowStart: number; rowEnd: number },
  names: string[],
): Promise<Map<string, Column>> {
  const pages = new Map<string, Column[]>()
  await parquetRead({
    ...part,
    columns: names,
    compressors: readCompressors,
    parsers: { timestampFromMilliseconds: Number },
    onChunk({ columnName, columnData }) {
      pages.set(columnName, [...(pages.get(columnName) ?? []), columnData])
    },
  })
  const whole = ([only, ...others]: Column[]) =>
    others.length === 0 ? (only as Column) : [only as Column, ...others].flatMap((page) => Array.from(page))
  return new Map([...pages].map(([name, chunks]) => [name, whole(chunks)]))
}
