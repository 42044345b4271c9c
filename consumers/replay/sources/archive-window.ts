/** Which objects of the archive a stretch takes, so that each shard comes whole and in stream order. */
import { compareSequence, type SequenceNumber } from '../../../stream/sequence.ts'
import type { ArchiveObject, Manifest, ShardHour } from '../../archiver/manifest.ts'
import { arrivalHour } from '../../archiver/parquet-sink.ts'
import type { Stretch } from './source.ts'

/** What is to be read of one shard: its records from the first to the last sequence number. */
export type ShardWindow = {
  shardId: string
  first: SequenceNumber
  last: SequenceNumber
  /** All that hold some of them, whatever hour they are filed under, by their first sequence number. */
  objects: readonly ArchiveObject[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/**
 * How long events may have waited for Kinesis to come back, and still be found among those of other hours. An outage
 * is hours long; the stream itself keeps a week.
 */
const longestWaitDays = 7
/** Days of the manifest that are asked for at a time. */
const parallelDays = 8

/** The hours of arrival that a stretch touches, whole. */
export async function listStretch(manifest: Manifest, { from, to }: Stretch): Promise<ShardHour[]> {
  const hours = await listDays(manifest, from, to)
  return hours.filter(({ hour, objects }) => objects.length > 0 && hour >= arrivalHour(from) && hourStart(hour) < to)
}

/**
 * The shards' windows: from the first record that holds something received in these hours to the last one. Records
 * between them that were received in other hours are part of it.
 *
 * @param within as `listStretch` answered
 */
export async function findWindows(
  manifest: Manifest,
  stretch: Stretch,
  within: readonly ShardHour[],
): Promise<ShardWindow[]> {
  const others = await listNeighbours(manifest, stretch, within)
  const all = Map.groupBy([...within, ...others], ({ shardId }) => shardId)
  return [...Map.groupBy(within, ({ shardId }) => shardId)].map(([shardId, hours]) => {
    const named = hours.flatMap(({ objects }) => objects)
    const first = named.map((object) => object.first).reduce((a, b) => (compareSequence(a, b) <= 0 ? a : b))
    const last = named.map((object) => object.last).reduce((a, b) => (compareSequence(a, b) >= 0 ? a : b))
    const objects = (all.get(shardId) ?? [])
      .flatMap((hour) => hour.objects)
      .filter((object) => compareSequence(object.last, first) >= 0 && compareSequence(object.first, last) <= 0)
      .sort((a, b) => compareSequence(a.first, b.first))
    return { shardId, first, last, objects }
  })
}

/** Other hours that may hold records between: what came late from before, and what came before the late ones. */
async function listNeighbours(
  manifest: Manifest,
  { from, to }: Stretch,
  within: readonly ShardHour[],
): Promise<ShardHour[]> {
  const names = new Set(within.map(({ hour, shardId }) => `${hour} ${shardId}`))
  // Nothing can lie before an object in the stream that arrived after that object was archived.
  const lastAppended = Math.max(...within.map(({ appendedAt }) => appendedAt))
  const end = Math.min(Math.max(lastAppended + hourMs, to), to + longestWaitDays * dayMs)
  const found = await listDays(manifest, from - longestWaitDays * dayMs, end)
  return found.filter(({ hour, shardId }) => !names.has(`${hour} ${shardId}`))
}

async function listDays(manifest: Manifest, from: number, to: number): Promise<ShardHour[]> {
  const days: string[] = []
  for (let day = from - (from % dayMs); day < to; day += dayMs) days.push(new Date(day).toISOString().slice(0, 10))
  const found: ShardHour[] = []
  for (let start = 0; start < days.length; start += parallelDays)
    found.push(...(await Promise.all(days.slice(start, start + parallelDays).map(manifest.listDay))).flat())
  return found
}

export function hourStart(hour: string): number {
  return Date.parse(`${hour}:00:00Z`)
}
