/**
 * Writes rows of one shard to S3, each exactly once: put the object, then name it in the manifest by compare-and-swap.
 * The manifest's last sequence number says what is there already, so that whoever comes again, or second, brings only
 * what is missing.
 */
import { isAfter } from '../../stream/sequence.ts'
import { inStore } from '../runtime/faults.ts'
import type { Objects } from '../runtime/objects.ts'
import type { Manifest, ShardHour } from './manifest.ts'
import { bytesOf } from './object-bytes.ts'
import { isLeftover, keyPrefix, nextKey } from './object-keys.ts'
import { toParquet } from './parquet.ts'
import type { ArchiveRow } from './rows.ts'

/**
 * Takes rows of one shard, in stream order, and writes them out in its format: a row that has none shows here, before
 * anything is stored.
 *
 * @returns what stores them
 */
export type ShardSink = (rows: readonly ArchiveRow[]) => Promise<() => Promise<void>>
export type ArchiveSink = { open(shardId: string): ShardSink }

export type ParquetStores = { objects: Objects; manifest: Manifest; now: () => number }

export function createParquetSink(stores: ParquetStores): ArchiveSink {
  const { manifest, objects, now } = stores
  return {
    open(shardId) {
      /** Hours in which whoever had this shard before may have left an object that nothing names. */
      const tidied = new Set<string>()

      async function prepare(hour: string, rows: readonly ArchiveRow[]): Promise<() => Promise<void>> {
        const held = await inStore(() => manifest.find(hour, shardId))
        const through = held.objects.at(-1)?.last
        const missing = rows.filter(({ sequence }) => isAfter(sequence, through))
        const [first, last] = [missing[0], missing.at(-1)]
        if (!first || !last) return async () => {}

        const body = toParquet(missing)
        const key = nextKey(held, first.sequence)
        const added = { key, rows: missing.length, ...bytesOf(body), first: first.sequence, last: last.sequence }
        const next: ShardHour = {
          ...held,
          revision: held.revision + 1,
          objects: [...held.objects, added],
          appendedAt: now(),
        }
        return async () => {
          await objects.put(key, body, { contentType: 'application/vnd.apache.parquet' })
          if (!(await manifest.replace(next)) && !(await isNamed(manifest, next, key))) {
            await objects.delete(key)
            throw new Error(`another archiver has gone on with ${shardId}`)
          }
          if (!tidied.has(hour)) await removeLeftovers(stores, next)
          tidied.add(hour)
        }
      }

      return async (rows) => {
        const writes: (() => Promise<void>)[] = []
        for (const [hour, ofHour] of Map.groupBy(rows, ({ delivery }) => arrivalHour(delivery.received)))
          writes.push(await prepare(hour, ofHour))
        return async () => {
          for (const write of writes) await write()
        }
      }
    },
  }
}

/** A write whose answer was lost is tried again by the SDK and then seems to come too late. */
export async function isNamed(manifest: Manifest, { hour, shardId }: ShardHour, key: string): Promise<boolean> {
  const { objects } = await manifest.find(hour, shardId)
  return objects.some((object) => object.key === key)
}

/** @param held as the manifest holds it now: a younger revision's objects are left alone */
export async function removeLeftovers({ objects }: Pick<ParquetStores, 'objects'>, held: ShardHour): Promise<void> {
  for (const key of await objects.list(keyPrefix(held))) if (isLeftover(key, held)) await objects.delete(key)
}

/** As partitions name it: `2026-11-23T06`. */
export function arrivalHour(received: number): string {
  return new Date(received).toISOString().slice(0, 13)
}
