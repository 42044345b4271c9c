/**
 * Erases rows of the archive. An object that holds some is written again without them and named in its place, as the
 * compactor names what it has merged; what it replaces, and every version that S3 still has of it, goes once no reader can
 * be at it.
 *
 *     named: a b ──put a'──▶ named: a b ──swap──▶ named: a' b, replaced: a ──graceMs──▶ delete versions of a ──swap──▶ named: a' b
 *
 * A kill at any point leaves one of these, and the next pass goes on from there: a row that is gone is not found again.
 * How many went is noted by the swap itself, so it is exact whatever happened on the way.
 */
import type { ArchiveObject, ErasedRows, ShardHour } from '../archiver/manifest.ts'
import { bytesOf, getUnaltered } from '../archiver/object-bytes.ts'
import { isLeftover, keyPrefix, nextKey } from '../archiver/object-keys.ts'
import { columnsOnly, fromParquet, ParquetObject, rowGroupRows } from '../archiver/parquet.ts'
import { isNamed, type ParquetStores } from '../archiver/parquet-sink.ts'
import type { ArchiveRow } from '../archiver/rows.ts'
import { arrivalMinute } from '../runtime/shapes/ledger.ts'
import type { ObjectVersions } from './object-versions.ts'

/** Of a row, as far as it decides whether it goes. */
export type RowFacts = { site: unknown; load: unknown; visitor: unknown; previous_visitor: unknown }
export type IsErased = (row: RowFacts) => boolean

export type ArchiveEraserStores = ParquetStores & { versions: ObjectVersions }

/** An archiver or a compactor that writes the same hour comes between once or twice; more often, something is wrong. */
const mostTries = 10

/**
 * @param by who erases, noted with the number of rows
 * @throws Error when an object is missing or altered, or others keep on writing this hour
 */
export async function eraseRows(
  stores: ArchiveEraserStores,
  { hour, shardId }: Pick<ShardHour, 'hour' | 'shardId'>,
  by: string,
  isErased: IsErased,
): Promise<void> {
  const { manifest, objects, now } = stores
  for (let tries = 0; tries < mostTries; tries++) {
    const held = await manifest.find(hour, shardId)
    const rewritten = new Map<ArchiveObject, ArchiveObject>()
    const erased: ErasedRows[] = []
    for (const object of held.objects) {
      const body = await getUnaltered(objects, object)
      if (!(await holdsErased(body, isErased))) continue
      const { left, minutes } = await without(body, isErased)
      for (const [minute, rows] of minutes) erased.push({ by, minute, rows })
      const first = left.first ?? object.first
      const key = nextKey(held, first)
      await objects.put(key, left.body, { contentType: 'application/vnd.apache.parquet' })
      // Its last sequence number stays, whoever is left in it: the archiver goes on behind it.
      rewritten.set(object, { key, rows: left.rows, ...bytesOf(left.body), first, last: object.last })
    }
    const [added] = rewritten.values()
    if (!added) return
    const next: ShardHour = {
      ...held,
      revision: held.revision + 1,
      objects: held.objects.map((object) => rewritten.get(object) ?? object),
      replaced: [...held.replaced, ...[...rewritten.keys()].map(({ key }) => ({ key, at: now() }))],
      erased: [...(held.erased ?? []), ...erased],
    }
    if ((await manifest.replace(next)) || (await isNamed(manifest, next, added.key))) return
    for (const { key } of rewritten.values()) await objects.delete(key)
  }
  throw new Error(`others keep on writing ${hour} of ${shardId}`)
}

/**
 * Takes away for good what an hour's objects were before.
 *
 * @returns false while somebody may still be reading it
 */
export async function removeReplaced(stores: ArchiveEraserStores, held: ShardHour, graceMs: number): Promise<boolean> {
  const { manifest, versions, now } = stores
  if (held.replaced.some(({ at }) => now() - at < graceMs)) return false
  const bare = { ...held, replaced: [] }
  // Before the swap, as nothing would lead the next pass here after it; what others had merged and deleted as well.
  await versions.deleteAll(keyPrefix(held), (key) => isLeftover(key, bare))
  if (held.replaced.length === 0) return true
  return manifest.replace({ ...bare, revision: held.revision + 1 })
}

async function holdsErased(body: Uint8Array, isErased: IsErased): Promise<boolean> {
  for await (const rows of columnsOnly(body, ['site', 'load', 'visitor', 'previous_visitor']))
    if (rows.some(isErased)) return true
  return false
}

type Left = { body: Uint8Array; rows: number; first: string | undefined }

/** An object without what is erased, and how many rows went by their arrival minute. */
async function without(body: Uint8Array, isErased: IsErased): Promise<{ left: Left; minutes: Map<number, number> }> {
  const minutes = new Map<number, number>()
  const object = new ParquetObject()
  let waiting: ArchiveRow[] = []
  let rows = 0
  let first: string | undefined
  for await (const portion of fromParquet(body)) {
    for (const row of portion) {
      if (isErased(factsOf(row))) {
        const minute = arrivalMinute(row.delivery.received)
        minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
        continue
      }
      first ??= row.sequence
      rows += 1
      waiting.push(row)
    }
    if (waiting.length < rowGroupRows) continue
    object.append(waiting.slice(0, rowGroupRows))
    waiting = waiting.slice(rowGroupRows)
  }
  if (waiting.length > 0) object.append(waiting)
  return { left: { body: object.finish(), rows, first }, minutes }
}

function factsOf({ delivery, event }: ArchiveRow): RowFacts {
  return {
    site: delivery.site,
    load: event.load,
    visitor: delivery.visitor,
    previous_visitor: delivery.previousVisitor,
  }
}
