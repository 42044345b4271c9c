/**
 * Decodes a column of a row group, of the kinds that the archive's writer makes: flat, optional, in zstd. hyparquet
 * decodes any column, at four times the price; what is not ours is left to it.
 */
import { isAscii } from 'node:buffer'
import type { ColumnMetaData, SchemaElement } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { decompress } from '../../stream/zstd.ts'
import { type Cursor, readByte, readDeltas, readRuns } from './parquet-encodings.ts'

/** Values of one column by row: texts, numbers, what JSON says, times as epoch milliseconds; undefined or null for none. */
export type Column = ArrayLike<unknown>

type Kind = 'text' | 'json' | 'int32' | 'int64' | 'double'
type PageHeader = ReturnType<typeof parquetHeader>
type Values = ArrayLike<unknown>

/** Of dictionaries, which most often say the same from one row group to the next; texts of some hundred bytes. */
const mostTexts = 20_000
const texts = new Map<string, string>()

/** The same string for the same text: whoever looks it up in a Map then need not compare it, byte by byte. */
function sameText(text: string): string {
  const known = texts.get(text)
  if (known !== undefined) return known
  if (texts.size >= mostTexts) texts.clear()
  texts.set(text, text)
  return text
}

/**
 * @param object the whole object
 * @returns undefined when something about the column is not as the archive's writer makes it
 * @throws Error when it is, and its bytes are not
 */
export function decodeColumn(
  object: Uint8Array,
  element: SchemaElement,
  { codec, ...chunk }: ColumnMetaData,
  rows: number,
): Column | undefined {
  const kind = kindOf(element)
  if (!kind || codec !== 'ZSTD' || chunk.path_in_schema.length !== 1) return undefined
  const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
  const view = new DataView(object.buffer, object.byteOffset + start, Number(chunk.total_compressed_size))
  const reader = { view, offset: 0 }
  const pages: Values[] = []
  let dictionary: Values | undefined
  for (let filled = 0; filled < rows; ) {
    const header = parquetHeader(reader)
    const body = Buffer.from(view.buffer, view.byteOffset + reader.offset, header.compressed_page_size)
    reader.offset += header.compressed_page_size
    if (header.dictionary_page_header) {
      const cursor = { bytes: inflate(body, header.uncompressed_page_size), at: 0 }
      const values = readPlain(cursor, kind, header.dictionary_page_header.num_values)
      dictionary = kind === 'text' ? Array.from(values as string[], sameText) : values
    } else {
      const values = decodePage(body, header, kind, dictionary)
      if (!values) return undefined
      pages.push(values)
      filled += values.length
      if (filled > rows) throw new Error(`${element.name} has more values than there are rows`)
    }
  }
  const [first = [], ...others] = pages
  // Mostly there is one, and what it decodes to is used as it is: times, say, as an array of numbers without objects.
  return others.length === 0 ? first : pages.flatMap((page) => Array.from(page))
}

function kindOf({ type, converted_type, repetition_type }: SchemaElement): Kind | undefined {
  if (repetition_type !== 'OPTIONAL') return undefined
  if (type === 'BYTE_ARRAY' && converted_type === 'UTF8') return 'text'
  if (type === 'BYTE_ARRAY' && converted_type === 'JSON') return 'json'
  if (type === 'INT64' && (!converted_type || converted_type === 'TIMESTAMP_MILLIS')) return 'int64'
  if (converted_type) return undefined
  if (type === 'INT32') return 'int32'
  return type === 'DOUBLE' ? 'double' : undefined
}

/** Values of a page by row. */
function decodePage(body: Buffer, header: PageHeader, kind: Kind, dictionary: Values | undefined): Values | undefined {
  const page = header.data_page_header_v2
  if (!page || page.repetition_levels_byte_length > 0) return undefined
  const levels = page.definition_levels_byte_length
  const bytes = inflate(body.subarray(levels), header.uncompressed_page_size - levels)
  const present = page.num_values - page.num_nulls
  const values = decodeValues({ bytes, at: 0 }, String(page.encoding), kind, present, dictionary)
  if (!values || page.num_nulls === 0) return values
  const defined = readRuns({ bytes: body.subarray(0, levels), at: 0 }, 1, page.num_values)
  const byRow: unknown[] = new Array(page.num_values)
  let next = 0
  for (let row = 0; row < byRow.length; row++) byRow[row] = defined[row] === 1 ? values[next++] : undefined
  if (next !== present) throw new Error('a page has another number of values than it says')
  return byRow
}

/** @returns the values that are there, without those that are none */
function decodeValues(
  cursor: Cursor & { bytes: Buffer },
  encoding: string,
  kind: Kind,
  count: number,
  dictionary: Values | undefined,
): Values | undefined {
  if (encoding === 'PLAIN') return readPlain(cursor, kind, count)
  if (encoding === 'DELTA_BINARY_PACKED' && kind === 'int64') return readDeltas(cursor, count)
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && kind === 'text') {
    const lengths = readDeltas(cursor, count)
    return lengths && readTexts(cursor, count, (index) => lengths[index] as number)
  }
  if (encoding !== 'RLE_DICTIONARY' || !dictionary) return undefined
  const values: unknown[] = new Array(count)
  const places = readRuns(cursor, readByte(cursor), count)
  for (let index = 0; index < count; index++) {
    const place = places[index] as number
    if (place >= dictionary.length) throw new Error('a value is not in its dictionary')
    values[index] = dictionary[place]
  }
  return values
}

function readPlain(cursor: Cursor & { bytes: Buffer }, kind: Kind, count: number): Values | undefined {
  const { bytes } = cursor
  const lengthAt = (place: number) => bytes.readUInt32LE(place)
  switch (kind) {
    case 'text':
      return readTexts(cursor, count, () => {
        cursor.at += 4
        return lengthAt(cursor.at - 4)
      })
    case 'json':
      return Array.from(readPlain(cursor, 'text', count) as string[], (text) => JSON.parse(text))
    case 'int32': {
      const [values, view] = [new Int32Array(count), viewOf(bytes)]
      for (let index = 0; index < count; index++) values[index] = view.getInt32(index * 4, true)
      return values
    }
    case 'double': {
      const [values, view] = [new Float64Array(count), viewOf(bytes)]
      for (let index = 0; index < count; index++) values[index] = view.getFloat64(index * 8, true)
      return values
    }
    case 'int64': {
      const values = Array.from({ length: count }, (_, index) => Number(bytes.readBigInt64LE(index * 8)))
      return values.every(Number.isSafeInteger) ? values : undefined
    }
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** A text that is the one before it is the same string, so that whoever looks it up need not compare it. */
function readTexts(cursor: Cursor & { bytes: Buffer }, count: number, nextLength: (index: number) => number): string[] {
  const { bytes } = cursor
  // Latin-1 is read without looking at its bytes; lengths as PLAIN has them are below 128 or make it UTF-8.
  const encoding = isAscii(bytes.subarray(cursor.at)) ? 'latin1' : 'utf8'
  const texts: string[] = new Array(count)
  let [last, lastAt, lastLength] = ['', 0, 0]
  for (let index = 0; index < count; index++) {
    const length = nextLength(index)
    const at = cursor.at
    cursor.at += length
    if (cursor.at > bytes.length) throw new Error('a page ends before its values')
    if (length !== lastLength || !isSame(bytes, at, lastAt, length)) last = bytes.toString(encoding, at, cursor.at)
    texts[index] = last
    lastAt = at
    lastLength = length
  }
  return texts
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let offset = 0; offset < length; offset++) if (bytes[a + offset] !== bytes[b + offset]) return false
  return true
}

/** In one chunk: its size is known. */
function inflate(bytes: Uint8Array, size: number): Buffer {
  if (bytes.length === 0 && size === 0) return Buffer.alloc(0)
  const page = decompress(bytes, { chunkSize: Math.max(size, 64) })
  if (page.length !== size) throw new Error(`a page has ${page.length} bytes, not ${size}`)
  return page
}
