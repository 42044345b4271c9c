/**
 * Parquet's encodings of whole numbers (Encodings.md of its format), into arrays: a million values are some
 * milliseconds. Bytes are those of one page without its levels; reading past them is an error, never a value.
 */

/** A place in some bytes. */
export type Cursor = { bytes: Uint8Array; at: number }

/** Wider, a byte more would not fit beside it in 32 bits. */
const widestIndex = 24
/** Times are below 2^53 (ECMA-262, time values); of wider differences the sums are not always exact. */
const widestDelta = 51

/** Unsigned LEB128; exact below 2^53, and too large above. */
export function readVarint(cursor: Cursor): number {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = readByte(cursor)
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    if (scale > 2 ** 70) throw new Error('a number has no end')
  }
}

function readZigZag(cursor: Cursor): number {
  const value = readVarint(cursor)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

export function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw new Error('a page ends before its values')
  return byte
}

/** Runs of one value and packed groups of eight: levels, and places in a dictionary. */
export function readRuns(cursor: Cursor, width: number, count: number): Int32Array {
  if (width > widestIndex) throw new Error(`values of ${width} bits`)
  const { bytes } = cursor
  const values = new Int32Array(count)
  const mask = (1 << width) - 1
  for (let filled = 0; filled < count; ) {
    const header = readVarint(cursor)
    if (header % 2 === 0) {
      let value = 0
      for (let shift = 0; shift < width; shift += 8) value |= readByte(cursor) << shift
      const end = Math.min(filled + header / 2, count)
      values.fill(value, filled, end)
      filled = end
      continue
    }
    const groups = (header - 1) / 2
    let at = cursor.at
    cursor.at += groups * width
    if (cursor.at > bytes.length) throw new Error('a page ends before its values')
    const end = Math.min(filled + groups * 8, count)
    for (let bits = 0, held = 0; filled < end; filled++) {
      for (; held < width; held += 8) bits |= (bytes[at++] as number) << held
      values[filled] = bits & mask
      bits >>>= width
      held -= width
    }
  }
  return values
}

/**
 * Differences from one value to the next, in blocks (DELTA_BINARY_PACKED).
 *
 * @returns undefined when some are too far apart to be added exactly as numbers
 */
export function readDeltas(cursor: Cursor, count: number): Float64Array | undefined {
  const { bytes } = cursor
  const blockValues = readVarint(cursor)
  const miniblocks = readVarint(cursor)
  const perMiniblock = blockValues / miniblocks
  if (readVarint(cursor) !== count) throw new Error('a page holds another number of values than it says')
  const values = new Float64Array(count)
  let value = readZigZag(cursor)
  // Its sign is the last bit of a number twice as large.
  if (Math.abs(value) >= 2 ** 52) return undefined
  let filled = 0
  if (count > 0) values[filled++] = value
  while (filled < count) {
    const least = readZigZag(cursor)
    if (Math.abs(least) > 2 ** widestDelta) return undefined
    const widths = bytes.subarray(cursor.at, cursor.at + miniblocks)
    cursor.at += miniblocks
    for (const width of widths) {
      if (filled >= count) break
      if (width > widestDelta) return undefined
      const start = cursor.at
      cursor.at += (perMiniblock * width) / 8
      if (cursor.at > bytes.length) throw new Error('a page ends before its values')
      const end = Math.min(filled + perMiniblock, count)
      for (let bit = 0; filled < end; bit += width) {
        value += least + (width === 0 ? 0 : unpack(bytes, start + (bit >>> 3), bit & 7, width))
        values[filled++] = value
      }
    }
    if (widths.length < miniblocks) throw new Error('a page ends before its values')
  }
  return values
}

/** @param shift bits of the first byte that belong to the value before */
function unpack(bytes: Uint8Array, at: number, shift: number, width: number): number {
  const low = uint32(bytes, at) >>> shift
  const lowBits = 32 - shift
  if (width <= lowBits) return width === 32 ? low : low & (2 ** width - 1)
  return low + ((uint32(bytes, at + 4) & (2 ** (width - lowBits) - 1)) >>> 0) * 2 ** lowBits
}

/** What lies past the end counts as 0, as `undefined` does for `|`: the caller knows where the value ends. */
function uint32(bytes: Uint8Array, at: number): number {
  const byteAt = (place: number) => bytes[place] as number
  return (byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24)) >>> 0
}
