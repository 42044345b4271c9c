/**
 * Names of archive objects. A name is used once: revision of the manifest that would first name the object, and a
 * draw, so that two who prepare the same revision never write over each other.
 *
 *     archive/dt=2026-11-23/hour=06/shardId-000000000000-4959…898-r3-9f86d081.parquet
 */
import { randomBytes } from 'node:crypto'
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { ShardHour } from './manifest.ts'

type Part = Pick<ShardHour, 'hour' | 'shardId'>

/** What the names of all objects of a shard and hour begin with. */
export function keyPrefix({ hour, shardId }: Part): string {
  const [day, hourOfDay] = hour.split('T')
  return `archive/dt=${day}/hour=${hourOfDay}/${shardId}-`
}

/** A new name for an object that begins with this sequence number and follows what the manifest holds. */
export function nextKey(held: Part & Pick<ShardHour, 'revision'>, first: SequenceNumber): string {
  return `${keyPrefix(held)}${first}-r${held.revision + 1}-${randomBytes(4).toString('hex')}.parquet`
}

/**
 * An object that is not named and never will be: the revision it was made for has come and names another. One made
 * for a later revision may be on its way.
 */
export function isLeftover(key: string, held: ShardHour): boolean {
  const revision = Number(/-r(\d+)-[0-9a-f]+\.parquet$/.exec(key)?.[1] ?? Number.POSITIVE_INFINITY)
  if (revision > held.revision) return false
  return ![...held.objects, ...held.replaced].some((named) => named.key === key)
}
