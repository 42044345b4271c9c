/**
 * What the manifest says of an object's bytes, and whether they are still those: a page's own checksum says nothing of
 * its header, nor of the footer, and what altered there may read as other events.
 */
import { crc32 } from 'node:zlib'
import type { Objects } from '../runtime/objects.ts'
import type { ArchiveObject } from './manifest.ts'

export function bytesOf(body: Uint8Array): Required<Pick<ArchiveObject, 'bytes' | 'crc32'>> {
  return { bytes: body.length, crc32: crc32(body) }
}

/** @returns what differs from the bytes that were written; undefined when nothing does */
export function alterationOf(body: Uint8Array, written: Pick<ArchiveObject, 'bytes' | 'crc32'>): string | undefined {
  if (body.length !== written.bytes) return `it has ${body.length} bytes, ${written.bytes} were written`
  if (written.crc32 !== undefined && crc32(body) !== written.crc32)
    return 'its checksum is not that of what was written'
  return undefined
}

/** @throws Error that names the object when it is not what was written */
export async function getUnaltered(objects: Pick<Objects, 'get'>, object: ArchiveObject): Promise<Uint8Array> {
  const body = await objects.get(object.key)
  const alteration = alterationOf(body, object)
  if (alteration) throw new Error(`${object.key} is corrupt: ${alteration}`)
  return body
}
