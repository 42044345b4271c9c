/**
 * Merges the small objects of an hour into large ones. The merged object is put first, then one compare-and-swap in the
 * manifest names it in the place of those it holds; they are deleted a while later.
 *
 *     named: a b c ──put M──▶ named: a b c ──swap──▶ named: M, replaced: a b c ──graceMs──▶ delete a b c ──swap──▶ named: M
 *
 * A crash at any point leaves one of these, and the next pass goes on from there.
 */
import type { Settings } from '../../stream/settings.ts'
import type { ArchiveObject, ShardHour } from '../archiver/manifest.ts'
import { bytesOf, getUnaltered } from '../archiver/object-bytes.ts'
import { nextKey } from '../archiver/object-keys.ts'
import { fromParquet, ParquetObject, rowGroupRows } from '../archiver/parquet.ts'
import { isNamed, type ParquetStores, removeLeftovers } from '../archiver/parquet-sink.ts'
import type { ArchiveRow } from '../archiver/rows.ts'

export type CompactorOptions = {
  /** How long after its end, and after its last new object, an hour is left alone. */
  settleMs: number
  /** How long a reader may go on with what the manifest said. */
  graceMs: number
  /** Rows of an object, at most: some 30 MB, which is also what is held in memory while it is written. */
  mostRows: number
  /** Objects at which an hour is merged before it is over: an item of DynamoDB holds 400 KB, some ten times as many. */
  mostObjects: number
}

type CompactionSettings = Pick<Settings, 'RETRACE_COMPACTION_GRACE_MS' | 'RETRACE_COMPACTION_OBJECTS'>

export function compactionOptions(settings: CompactionSettings): CompactorOptions {
  return {
    settleMs: 5 * 60_000,
    graceMs: settings.RETRACE_COMPACTION_GRACE_MS,
    mostRows: 1_000_000,
    mostObjects: settings.RETRACE_COMPACTION_OBJECTS,
  }
}

/** What a pass did, and what kept it from doing more: the next one tries again. */
export type Compacted = { merged: number; into: number; deleted: number; faults: unknown[] }

export type Compactor = {
  /**
   * Merges and deletes what is due among the arrivals of a day.
   *
   * @throws AbortError when the signal says so; what is under way is left as a crash would leave it
   */
  compactDay(day: string, signal?: AbortSignal): Promise<Compacted>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export function createCompactor(stores: ParquetStores, options: CompactorOptions): Compactor {
  const { manifest, objects, now } = stores

  /** One object with the rows of several that follow each other. */
  async function mergeGroup(held: ShardHour, group: Group, signal?: AbortSignal): Promise<ArchiveObject> {
    // All rows of an object may have been erased: the merged one begins where there are some.
    const [first, last] = [group.find((object) => object.rows > 0) ?? group[0], group.at(-1) ?? group[0]]
    const merged = new ParquetObject()
    let waiting: ArchiveRow[] = []
    let rows = 0
    for (const object of group) {
      signal?.throwIfAborted()
      for await (const more of fromParquet(await getUnaltered(objects, object))) {
        rows += more.length
        waiting = [...waiting, ...more]
        while (waiting.length >= rowGroupRows) merged.append(waiting.splice(0, rowGroupRows))
      }
    }
    if (waiting.length > 0) merged.append(waiting)
    if (rows !== countRows(group)) throw new Error(`${first.key} and those after it hold ${rows} rows, not as named`)
    const body = merged.finish()
    const key = nextKey(held, first.first)
    await objects.put(key, body, { contentType: 'application/vnd.apache.parquet' })
    return { key, rows, ...bytesOf(body), first: first.first, last: last.last }
  }

  /** @returns what the manifest holds now; undefined when somebody else has replaced it meanwhile */
  async function merge(held: ShardHour, group: Group, signal?: AbortSignal): Promise<ShardHour | undefined> {
    const merged = await mergeGroup(held, group, signal)
    const next: ShardHour = {
      ...held,
      revision: held.revision + 1,
      objects: held.objects.toSpliced(held.objects.indexOf(group[0]), group.length, merged),
      replaced: [...held.replaced, ...group.map(({ key }) => ({ key, at: now() }))],
    }
    return (await manifest.replace(next)) || (await isNamed(manifest, next, merged.key)) ? next : undefined
  }

  async function deleteReplaced(held: ShardHour, signal?: AbortSignal): Promise<number> {
    const isOver = ({ at }: ShardHour['replaced'][number]) => now() - at >= options.graceMs
    const over = held.replaced.filter(isOver)
    if (over.length === 0) return 0
    for (const { key } of over) {
      signal?.throwIfAborted()
      await objects.delete(key)
    }
    // Before the swap: after it, nothing would lead the next pass here.
    await removeLeftovers(stores, held)
    const replaced = held.replaced.filter((object) => !isOver(object))
    // Lost to another writer, the next pass deletes them once more, which does no harm.
    await manifest.replace({ ...held, revision: held.revision + 1, replaced })
    return over.length
  }

  async function compact(found: ShardHour, done: Compacted, signal?: AbortSignal): Promise<void> {
    let held = found
    const groups = groupObjects(found.objects, options.mostRows).filter(({ length }) => length > 1)
    for (const group of isDue(found, now(), options) ? groups : []) {
      const next = await merge(held, group, signal)
      if (!next) return
      held = next
      done.merged += group.length
      done.into += 1
    }
    done.deleted += await deleteReplaced(held, signal)
  }

  return {
    async compactDay(day, signal) {
      const done: Compacted = { merged: 0, into: 0, deleted: 0, faults: [] }
      for (const found of await manifest.listDay(day)) {
        try {
          await compact(found, done, signal)
        } catch (error) {
          signal?.throwIfAborted()
          // An object that cannot be read keeps nobody else's from being merged.
          done.faults.push(error)
        }
      }
      return done
    },
  }
}

/**
 * The latest days of arrival, oldest first.
 *
 * @returns what was done, all days together
 */
export async function compactDays(
  compactor: Compactor,
  days: number,
  now: number,
  signal: AbortSignal,
): Promise<Compacted> {
  const sum: Compacted = { merged: 0, into: 0, deleted: 0, faults: [] }
  for (let back = days - 1; back >= 0; back--) {
    const day = new Date(now - back * dayMs).toISOString().slice(0, 10)
    const { merged, into, deleted, faults } = await compactor.compactDay(day, signal)
    sum.merged += merged
    sum.into += into
    sum.deleted += deleted
    sum.faults.push(...faults)
  }
  return sum
}

/** Objects that become one; at least one. */
type Group = readonly [ArchiveObject, ...ArchiveObject[]]

const countRows = (objects: readonly ArchiveObject[]) => objects.reduce((sum, { rows }) => sum + rows, 0)

/** Neighbours together, as long as they stay within `mostRows`; what is full is never written again. */
export function groupObjects(objects: readonly ArchiveObject[], mostRows: number): Group[] {
  const groups: [ArchiveObject, ...ArchiveObject[]][] = []
  for (const object of objects) {
    const group = groups.at(-1)
    if (group && countRows(group) + object.rows <= mostRows) group.push(object)
    else groups.push([object])
  }
  return groups
}

function isDue({ hour, objects, appendedAt }: ShardHour, at: number, options: CompactorOptions): boolean {
  const end = Date.parse(`${hour}:00:00Z`) + hourMs
  return objects.length >= options.mostObjects || at - Math.max(end, appendedAt) >= options.settleMs
}
