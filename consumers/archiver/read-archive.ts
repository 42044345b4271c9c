/**
 * Reads the archive back: for each shard, parents before children, its rows in stream order. The partitions go by the
 * hour of arrival, and a shard's stream crosses them to and fro (an event that waited out an outage is hours late), so
 * the objects of all hours asked for are merged by their place in the stream.
 */
import { NoSuchKey } from '@aws-sdk/client-s3'
import { compareSequence } from '../../stream/sequence.ts'
import type { Objects } from '../runtime/objects.ts'
import type { ArchiveObject, Manifest } from './manifest.ts'
import { getUnaltered } from './object-bytes.ts'
import { fromParquet } from './parquet.ts'
import { arrivalHour } from './parquet-sink.ts'
import { type ArchiveRow, compareRows } from './rows.ts'

/** Times of arrival at the endpoint, epoch milliseconds; `to` is not in it. */
export type ArrivalRange = { from: number; to: number }
export type NamedObject = ArchiveObject & { hour: string; shardId: string }

const dayMs = 86_400_000
/** An object may be merged away while it is waited for; more often than this in a row, something else is wrong. */
const mostRestarts = 3

/** The objects that count, of all hours that the range touches, by shard and place in the stream. */
export async function listArchive(manifest: Manifest, { from, to }: ArrivalRange): Promise<NamedObject[]> {
  const found: NamedObject[] = []
  for (let day = from - (from % dayMs); day < to; day += dayMs) {
    for (const { hour, shardId, objects } of await manifest.listDay(new Date(day).toISOString().slice(0, 10))) {
      if (hour < arrivalHour(from) || Date.parse(`${hour}:00:00Z`) >= to) continue
      found.push(...objects.map((object) => ({ ...object, hour, shardId })))
    }
  }
  const byShard = (a: NamedObject, b: NamedObject) => (a.shardId < b.shardId ? -1 : a.shardId > b.shardId ? 1 : 0)
  return found.sort((a, b) => byShard(a, b) || compareSequence(a.first, b.first))
}

/**
 * @returns rows in portions, each of one shard. Memory holds a row group for every object whose stretch of the stream
 *   is being read: one, and one more for each hour that had late arrivals.
 */
export async function* readArchive(
  stores: { manifest: Manifest; objects: Objects },
  range: ArrivalRange,
): AsyncGenerator<ArchiveRow[]> {
  const shards = new Set((await listArchive(stores.manifest, range)).map(({ shardId }) => shardId))
  for (const shardId of shards) yield* readShard(stores, range, shardId)
}

async function* readShard(
  { manifest, objects }: { manifest: Manifest; objects: Objects },
  range: ArrivalRange,
  shardId: string,
): AsyncGenerator<ArchiveRow[]> {
  let through: ArchiveRow | undefined
  for (let restarts = 0; ; restarts++) {
    const listed = (await listArchive(manifest, range)).filter((object) => object.shardId === shardId)
    const rest = listed.filter(({ last }) => !through || compareSequence(last, through.sequence) >= 0)
    try {
      for await (const portion of mergeObjects(rest, (object) => getUnaltered(objects, object))) {
        const rows = through ? portion.filter((row) => compareRows(row, through as ArchiveRow) > 0) : portion
        const within = rows.filter(({ delivery }) => delivery.received >= range.from && delivery.received < range.to)
        if (within.length > 0) yield within
        // What was read before comes again after a restart, and is no progress.
        if (rows.length > 0) restarts = 0
        through = rows.at(-1) ?? through
      }
      return
    } catch (error) {
      if (!(error instanceof NoSuchKey) || restarts >= mostRestarts) throw error
    }
  }
}

/** @param objects of one shard, by their first sequence number */
async function* mergeObjects(
  objects: readonly ArchiveObject[],
  get: (object: ArchiveObject) => Promise<Uint8Array>,
): AsyncGenerator<ArchiveRow[]> {
  const waiting = [...objects]
  const open: Cursor[] = []
  while (true) {
    open.sort((a, b) => compareRows(a.head, b.head))
    const [next] = waiting
    if (next && (!open[0] || compareSequence(next.first, open[0].head.sequence) <= 0)) {
      waiting.shift()
      const cursor = await Cursor.open(fromParquet(await get(next)))
      if (cursor) open.push(cursor)
      continue
    }
    const [cursor, other] = open
    if (!cursor) return
    yield cursor.takeWhile(
      (row) => (!other || compareRows(row, other.head) < 0) && (!next || compareSequence(row.sequence, next.first) < 0),
    )
    if (!(await cursor.refill())) open.shift()
  }
}

/** A place in an object's rows. */
class Cursor {
  readonly #portions: AsyncGenerator<ArchiveRow[]>
  #rows: ArchiveRow[] = []
  #at = 0

  private constructor(portions: AsyncGenerator<ArchiveRow[]>) {
    this.#portions = portions
  }

  static async open(portions: AsyncGenerator<ArchiveRow[]>): Promise<Cursor | undefined> {
    const cursor = new Cursor(portions)
    return (await cursor.refill()) ? cursor : undefined
  }

  get head(): ArchiveRow {
    return this.#rows[this.#at] as ArchiveRow
  }

  /** The head, and what follows it while it belongs before everything else. */
  takeWhile(belongs: (row: ArchiveRow) => boolean): ArchiveRow[] {
    const start = this.#at
    do this.#at++
    while (this.#at < this.#rows.length && belongs(this.head))
    return this.#rows.slice(start, this.#at)
  }

  /** @returns whether there is a head */
  async refill(): Promise<boolean> {
    while (this.#at >= this.#rows.length) {
      const { value, done } = await this.#portions.next()
      if (done) return false
      this.#rows = value
      this.#at = 0
    }
    return true
  }
}
