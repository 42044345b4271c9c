/** JSON as items hold it: zstd, in one binary attribute. DynamoDB counts bytes, and names of fields come again and again. */
import { compress, decompress } from './zstd.ts'

/** @returns a binary attribute of an item */
export function packed(json: unknown): { B: Uint8Array } {
  return { B: compress(JSON.stringify(json)) }
}

/** @throws when it is none: an item without the attribute is one that is damaged */
export function unpacked<T>(attribute: { B?: Uint8Array | undefined } | undefined): T {
  return JSON.parse(decompress(attribute?.B ?? new Uint8Array()).toString()) as T
}
