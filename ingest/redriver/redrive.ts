/**
 * Puts what lies in the overflow back into the stream, oldest first: the same bytes, under the same producer and
 * number, to the shard that it was meant for. An object is deleted once Kinesis has acknowledged its record; what is put
 * twice, because that was not learnt or two redrivers ran, is one batch to the consumers.
 */
import type { OverflowKey } from '../overflow.ts'
import type { PutRecords } from '../put-records.ts'

export type RedriveStores = {
  list(limit: number): Promise<OverflowKey[]>
  get(key: string): Promise<Buffer>
  delete(key: string): Promise<void>
  putRecords: PutRecords
}

export type RedriveResult = {
  redriven: number
  /** Kinesis refused, so the rest has to wait. */
  refused: boolean
  /** Nothing was left. */
  empty: boolean
}

/** Records of one round: a tenth of what a shard takes in a second, so that live traffic hardly notices. */
const roundRecords = 100

/** One round; the caller decides how soon the next one comes. */
export async function redrive(stores: RedriveStores): Promise<RedriveResult> {
  const waiting = await stores.list(roundRecords)
  let redriven = 0
  for (const part of await loadParts(stores, waiting)) {
    const outcomes = await stores.putRecords(
      part.map(({ hashKey, producerId, record }) => ({ hashKey, partitionKey: producerId, record })),
    )
    const stored = part.filter((_, i) => outcomes[i]?.stored)
    for (const { key } of stored) await stores.delete(key)
    redriven += stored.length
    if (stored.length < part.length) return { redriven, refused: true, empty: false }
  }
  return { redriven, refused: false, empty: waiting.length < roundRecords }
}

type LoadedRecord = OverflowKey & { record: Buffer }

/** Below PutRecords' 5 MB, with room for keys. */
const partBytes = 4 * 1024 * 1024

async function loadParts(stores: RedriveStores, keys: readonly OverflowKey[]): Promise<LoadedRecord[][]> {
  const parts: LoadedRecord[][] = []
  let bytes = 0
  for (const key of keys) {
    const record = await stores.get(key.key)
    bytes += record.length
    if (parts.length === 0 || bytes > partBytes) {
      parts.push([])
      bytes = record.length
    }
    parts.at(-1)?.push({ ...key, record })
  }
  return parts
}
