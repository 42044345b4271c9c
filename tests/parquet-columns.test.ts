/** The archive's own decoder of columns gives what hyparquet gives, or leaves the column to it. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { type Column, decodeColumn } from '../consumers/archiver/parquet-columns.ts'

const byteOrderMark = /^\ufeff/
// hyparquet takes a byte order mark off.
const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !byteOrderMark.test(value))
const wellFormed = text.map((value) => value.toWellFormed())
const json = fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.nat(), fc.boolean(), wellFormed))
const safe = fc.maxSafeInteger().map(BigInt)
const time = fc.date({ noInvalidDate: true })
const lately = fc.integer({ min: 1_700_000_000_000, max: 1_700_100_000_000 }).map((ms) => new Date(ms))
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const double = fc.double({ noNaN: true })

type Sort = Omit<ColumnSource, 'name' | 'data'> & { values: fc.Arbitrary<unknown> }
const sorts: Record<string, Sort> = {
  texts: { type: 'STRING', values: wellFormed },
  'texts that repeat': { type: 'STRING', values: fc.constantFrom('', 'one', 'ä', 'long '.repeat(40)) },
  'lengths apart': { type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY', values: wellFormed },
  'ids of one length': {
    type: 'STRING',
    encoding: 'DELTA_LENGTH_BYTE_ARRAY',
    values: fc.constantFrom('00112233', 'ffeeddcc', '01234567'),
  },
  JSON: { type: 'JSON', values: json },
  'small numbers': { type: 'INT32', values: fc.nat(9) },
  numbers: { type: 'INT32', values: int32 },
  'wide numbers': { type: 'INT64', values: safe },
  fractions: { type: 'DOUBLE', values: double },
  'times close together': { type: 'TIMESTAMP', encoding: 'DELTA_BINARY_PACKED', values: lately },
  'any times': { type: 'TIMESTAMP', encoding: 'DELTA_BINARY_PACKED', values: time },
}

/** Rows in which every third value or none is missing, and runs of one value. */
function columnOf(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  const run = fc.tuple(values, fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 30 })))
  const filled = fc.array(run, { minLength: 1, maxLength: 150 })
  const rows = filled.map((runs) => runs.flatMap(([value, length]) => Array.from({ length }, () => value)))
  return fc
    .tuple(rows, fc.constantFrom(0, 0.3, 0.98), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })))
    .map(([column, missing, draws]) => column.map((value) => (draws.next().value < missing ? null : value)))
}

function write(column: ColumnSource, options: { pageSize?: number; codec?: 'ZSTD' | 'UNCOMPRESSED' } = {}) {
  const compressors = { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) }
  const file = parquetWriteBuffer({ columnData: [column], codec: 'ZSTD', compressors, ...options })
  return { file, metadata: parquetMetadata(file) }
}

function decode({ file, metadata }: ReturnType<typeof write>): Column | undefined {
  const rows = Number(metadata.row_groups[0]?.num_rows)
  const element = metadata.schema[1]
  const chunk = metadata.row_groups[0]?.columns[0]?.meta_data
  if (!element || !chunk) throw new Error('no column was written')
  return decodeColumn(new Uint8Array(file), element, chunk, rows)
}

async function readByHyparquet({ file, metadata }: ReturnType<typeof write>): Promise<unknown[]> {
  const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) }
  const rows = await parquetReadObjects({ file, metadata, compressors })
  return rows.map(({ column }) => plain(column))
}

/** As the archive's decoder has them: times and wide numbers as numbers. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'bigint' ? Number(value) : (value ?? undefined)
}

describe('a column', () => {
  it.each(Object.entries(sorts))('of %s is what hyparquet reads, on one page or many', async (name, sort) => {
    const { values, ...column } = sort
    let decodedOnes = 0
    await fc.assert(
      fc.asyncProperty(columnOf(values), fc.constantFrom(100, 1000, 1_000_000), async (data, pageSize) => {
        const written = write({ name: 'column', ...column, data }, { pageSize })
        const decoded = decode(written)
        if (!decoded) {
          // Millennia apart, they are hyparquet's.
          expect(name).toBe('any times')
          return
        }
        decodedOnes++
        expect(Array.from(decoded, (value) => value ?? undefined)).toEqual(await readByHyparquet(written))
      }),
      { numRuns: 60 },
    )
    expect(decodedOnes).toBeGreaterThan(0)
  })

  it('that the archive would not write is left to hyparquet', () => {
    const data = ['a', 'b', null]
    expect(decode(write({ name: 'column', type: 'STRING', data }))).toEqual(['a', 'b', undefined])
    expect(decode(write({ name: 'column', type: 'STRING', data }, { codec: 'UNCOMPRESSED' }))).toBeUndefined()
    expect(
      decode(write({ name: 'column', type: 'STRING', encoding: 'DELTA_BYTE_ARRAY', data: ['a', 'ab'] })),
    ).toBeUndefined()
    expect(decode(write({ name: 'column', type: 'BOOLEAN', data: [true, false] }))).toBeUndefined()
    expect(decode(write({ name: 'column', type: 'INT64', data: [2n ** 60n] }))).toBeUndefined()
  })
})
