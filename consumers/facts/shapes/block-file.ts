/**
 * Facts of a day as a dashboard has them in memory, in a file beside the Parquet files that they are in as well: reading
 * Parquet and sorting it took most of the time that the first answer of a process took (docs/measurements.md).
 *
 *     'RTFB', bytes of the index (uint32), index (JSON), sections
 *
 * A section is a zstd frame with a checksum: `block` has the columns one after the other, and so has that of each dimension,
 * with its values as JSON after them. Numbers are 32 bits, little-endian as the machines that this runs on.
 */
import { type FileHandle, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import type { Dimension } from '../../aggregator/shapes/dimensions.ts'
import { type Dictionary, type FactBlock, groupedBy } from './fact-block.ts'
import { FactsError } from './facts-error.ts'

/** @property size decompressed; `lengths` are those of the columns */
type Section = { at: number; bytes: number; size: number; lengths: readonly number[] }
type Index = {
  rows: number
  firstHour: number
  counts: readonly number[]
  block: Section
  dimensions: Readonly<Partial<Record<Dimension, Section>>>
}

const magic = 'RTFB'
const headBytes = 8
/** Nearly every index is shorter, and so read with the head. */
const usualIndexBytes = 8192
const spareBytes = 64
const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
/** The lowest level: what is read is decompressed by two threads beside the one that adds up, and it is only a third of the folder. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } }

export type BlockFile = {
  block(): Promise<FactBlock>
  dictionary(dimension: Dimension): Promise<Dictionary>
}

export function blockPathOf(folder: string): string {
  return join(folder, 'block.bin')
}

export async function writeBlockFile(
  folder: string,
  { rows, firstHour, parts, who, hashes, visitMs, engagedMs, kindTable }: FactBlock,
  dictionaries: ReadonlyMap<Dimension, Dictionary>,
): Promise<void> {
  const ofParts = groupedBy.map((name) => parts[name])
  const columns = [who, hashes, visitMs, engagedMs, kindTable]
  for (const { groups, numbers, kinds } of ofParts) columns.push(groups, numbers, kinds)
  const frames: Buffer[] = []
  let at = 0
  const add = async (some: readonly Int32Array[], text = ''): Promise<Section> => {
    const whole = Buffer.concat([...some.map(bytesOf), Buffer.from(text)])
    const frame = await compress(whole, compression)
    frames.push(frame)
    at += frame.length
    return { at: at - frame.length, bytes: frame.length, size: whole.length, lengths: some.map(({ length }) => length) }
  }
  const block = await add(columns)
  const dimensions: Partial<Record<Dimension, Section>> = {}
  for (const [dimension, { values, codes, starts }] of dictionaries)
    dimensions[dimension] = await add(starts ? [codes, starts] : [codes], JSON.stringify(values))
  const index: Index = { rows, firstHour, counts: ofParts.map(({ count }) => count), block, dimensions }
  const text = Buffer.from(JSON.stringify(index))
  const head = Buffer.alloc(headBytes)
  head.write(magic, 'latin1')
  head.writeUInt32LE(text.length, magic.length)
  await writeFile(blockPathOf(folder), [head, text, ...frames])
}

/** @throws FactsError `no_files` when it is not there any more; its parts throw it as well, and Error when it is damaged */
export async function openBlockFile(folder: string): Promise<BlockFile> {
  const path = blockPathOf(folder)
  const { index, sectionsAt } = await within(path, readIndex)

  async function columnsOf({ at, bytes, size, lengths }: Section): Promise<{ columns: Int32Array[]; rest: Buffer }> {
    const frame = await within(path, (file) => readExactly(file, sectionsAt + at, bytes))
    // With room for all of it it is one piece, which begins with its memory; otherwise it is put together out of many.
    const whole = await decompress(frame, { chunkSize: size + spareBytes })
    if (whole.length !== size) throw new Error(`${path} is damaged`)
    let from = whole.byteOffset
    const columns = lengths.map((length) => {
      const column = new Int32Array(whole.buffer, from, length)
      from += column.byteLength
      return column
    })
    return { columns, rest: whole.subarray(from - whole.byteOffset) }
  }

  return {
    async block() {
      const { columns } = await columnsOf(index.block)
      const [who, hashes, visitMs, engagedMs, kindTable] = columns as Columns<5>
      const [hours, lists, visits] = index.counts.map((count, i) => {
        const [groups, numbers, kinds] = columns.slice(5 + 3 * i) as Columns<3>
        return { groups, numbers, kinds, count }
      }) as [FactBlock['parts']['hours'], FactBlock['parts']['lists'], FactBlock['parts']['visits']]
      const { rows, firstHour } = index
      return { rows, firstHour, parts: { hours, lists, visits }, who, hashes, visitMs, engagedMs, kindTable }
    },
    async dictionary(dimension) {
      const section = index.dimensions[dimension]
      if (!section) throw new Error(`${path} has nothing of ${dimension}`)
      const { columns, rest } = await columnsOf(section)
      const [codes, starts] = columns as [Int32Array, Int32Array?]
      return { values: JSON.parse(rest.toString()) as string[], codes, starts }
    },
  }
}

type Columns<N extends 3 | 5> = N extends 3
  ? [Int32Array, Int32Array, Int32Array]
  : [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]

async function readIndex(file: FileHandle): Promise<{ index: Index; sectionsAt: number }> {
  const { size } = await file.stat()
  const start = await readExactly(file, 0, Math.min(size, headBytes + usualIndexBytes))
  if (start.toString('latin1', 0, magic.length) !== magic) throw new Error('this is no file of facts')
  const sectionsAt = headBytes + start.readUInt32LE(magic.length)
  const whole = sectionsAt <= start.length ? start : await readExactly(file, 0, sectionsAt)
  return { index: JSON.parse(whole.toString('utf8', headBytes, sectionsAt)) as Index, sectionsAt }
}

/** Opened for each: days of many sites are more than a process may have open. */
async function within<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new FactsError('no_files', `${path} is not there any more.`, { cause: error })
  })
  try {
    return await work(file)
  } finally {
    await file.close()
  }
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(length), position })
  if (bytesRead !== length) throw new Error(`a file of facts ends after ${position + bytesRead} bytes`)
  return buffer
}

function bytesOf(column: Int32Array): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength)
}
