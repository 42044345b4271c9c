/**
 * zstd of node:zlib, without what it leaves behind. What Node makes for a call is only freed
 * when the whole heap is looked through, and until then it holds all that the call wrote: 64 KB a batch, or a record's
 * whole text. V8 counts those bytes, and looked through the heap for them every nine seconds (docs/measurements.md).
 */
import { type ZstdOptions, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

type Run = (content: Uint8Array | string, options?: ZstdOptions) => Buffer
/** With `info` (https://nodejs.org/api/zlib.html#class-options), which types do not know, the engine is returned as well. */
type RunWithEngine = (
  content: Uint8Array | string,
  options: ZstdOptions & { info: true },
) => { buffer: Buffer; engine: { _outBuffer: unknown } }

/** As `zstdCompressSync`. */
export const compress = letGo(zstdCompressSync)
/** As `zstdDecompressSync`. */
export const decompress = letGo(zstdDecompressSync)

function letGo(run: Run): Run {
  return (content, options) => {
    const { buffer, engine } = (run as unknown as RunWithEngine)(content, { ...options, info: true })
    engine._outBuffer = undefined
    return buffer
  }
}
