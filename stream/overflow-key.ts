/**
 * Where a record waits that Kinesis would not take: an object in S3, whose key says all that the redriver needs, and sorts
 * by time:
 *
 *     overflow/01773144000000-PRODUCER-0000000042-HASHKEY
 */
export const overflowFolder = 'overflow/'

export type OverflowPlace = {
  createdAt: number
  producerId: string
  sequence: number
  /** Decimal: leads to the shard that the record was meant for, or to its children. */
  hashKey: string
}

export function overflowKey({ createdAt, producerId, sequence, hashKey }: OverflowPlace): string {
  const padded = [String(createdAt).padStart(14, '0'), producerId, String(sequence).padStart(10, '0')]
  return `${overflowFolder}${padded.join('-')}-${BigInt(hashKey).toString(16).padStart(32, '0')}`
}

/** @returns undefined when the object is none of ours */
export function parseOverflowKey(key: string): OverflowPlace | undefined {
  const match = /^overflow\/(\d{14})-([0-9a-f]{16})-(\d{10,})-([0-9a-f]{32})$/.exec(key)
  if (!match) return undefined
  const [, createdAt, producerId = '', sequence, hashKey] = match
  return {
    createdAt: Number(createdAt),
    producerId,
    sequence: Number(sequence),
    hashKey: String(BigInt(`0x${hashKey}`)),
  }
}
