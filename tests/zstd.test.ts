import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { zstdCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { compress, decompress } from '../stream/zstd.ts'

const text = Buffer.from(randomBytes(64 * 1024).toString('hex'))

it('is that of Node, both ways', () => {
  expect(compress(text)).toEqual(zstdCompressSync(text))
  expect(decompress(zstdCompressSync(text))).toEqual(text)
  expect(() => decompress(text)).toThrow()
  expect(() => decompress(compress(text), { maxOutputLength: 1000 })).toThrow()
})

it('leaves nothing behind that only a look through the whole heap would free', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void
  const heldAfter = (run: () => unknown) => {
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 100; i++) {
      run()
      collect({ type: 'minor' })
    }
    return process.memoryUsage().arrayBuffers - before
  }
  const packed = compress(text)
  expect(heldAfter(() => compress(text))).toBeLessThan(1024 * 1024)
  expect(heldAfter(() => decompress(packed, { chunkSize: text.length }))).toBeLessThan(1024 * 1024)
})
