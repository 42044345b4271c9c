/** Lines of a log file, plain or gzipped, with the bytes read so far for the progress bar. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

export type LogReader = { lines: AsyncIterable<string>; bytesRead: () => number }

export function readLog(file: string): LogReader {
  const stream = createReadStream(file)
  const text = isGzip(file) ? stream.pipe(createGunzip()) : stream
  // A pipe does not pass errors on.
  if (text !== stream) stream.on('error', (error) => text.destroy(error))
  return {
    lines: createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY }),
    bytesRead: () => stream.bytesRead,
  }
}

/** By its first two bytes (RFC 1952, 2.3.1), whatever its name is. */
function isGzip(file: string): boolean {
  const magic = Buffer.alloc(2)
  const descriptor = openSync(file, 'r')
  readSync(descriptor, magic, 0, 2, 0)
  closeSync(descriptor)
  return magic.readUInt16BE(0) === 0x1f8b
}
