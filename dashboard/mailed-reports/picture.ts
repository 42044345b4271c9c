/**
 * A chart as PNG, which every mail program shows, where SVG is shown by few: bars, and beside each the one of the period
 * before, paler. A palette of three colours, and zlib does the rest: some hundred bytes.
 */
import { crc32, deflateSync } from 'node:zlib'

const size = { width: 1040, height: 280 }
const palette = Buffer.from([0xff, 0xff, 0xff, 0x1f, 0x5f, 0xd0, 0xc3, 0xcc, 0xd9])
const [paper, ink, pale] = [0, 1, 2]

/** @param values from 0 on; as many bars as there are of the longer list */
export function barChart(values: readonly number[], before: readonly number[]): Buffer {
  const pixels = Buffer.alloc(size.width * size.height, paper)
  const fill = (left: number, right: number, top: number, colour: number) => {
    for (let y = Math.max(0, top); y < size.height; y += 1)
      pixels.fill(colour, y * size.width + Math.round(left), y * size.width + Math.round(right))
  }
  const count = Math.max(values.length, before.length, 1)
  const most = Math.max(1, ...values, ...before)
  const slot = size.width / count
  const topOf = (value: number) => size.height - 2 - Math.round(((size.height - 12) * value) / most)
  for (let i = 0; i < count; i += 1) {
    const left = i * slot
    fill(left + slot * 0.1, left + slot * 0.35, topOf(before[i] ?? 0), pale)
    fill(left + slot * 0.38, left + slot * 0.9, topOf(values[i] ?? 0), ink)
  }
  fill(0, size.width, size.height - 2, pale)
  return encode(pixels)
}

/** PNG (ISO/IEC 15948), 8 bits of palette a pixel, no filter. */
function encode(pixels: Buffer): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size.width, 0)
  header.writeUInt32BE(size.height, 4)
  // Depth, colour type 3: palette; compression, filter, no interlace.
  header.set([8, 3, 0, 0, 0], 8)
  const rows = Array.from({ length: size.height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), pixels.subarray(y * size.width, (y + 1) * size.width)]),
  )
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const data = deflateSync(Buffer.concat(rows), { level: 9 })
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}
