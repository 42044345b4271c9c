/**
 * Where a cell stands in the table `cells`:
 *
 *     series (partition)   SITE#GRANULARITY                        demo#hour
 *     cell   (sort)        BUCKET#SEGMENT#GENERATION#SHARD[#PART]  2026-11-23T06#2026-11-23#live#shardId-000000000000
 *
 * Without a part it holds the totals; parts hold what they are broken down by (cell-parts.ts) and add to it.
 *
 * The bucket is UTC and of fixed width, so a period is one range of sort keys. The segment says when the events
 * arrived (segments.ts): replays rebuild segments, and publish them. An item holds besides its key
 *
 *     sequence   S  the last sequence number folded into it: a write is a compare-and-swap on it
 *     data       B  the cell, encoded
 *     expiresAt  N  epoch seconds, on minutes only
 */
export const granularities = ['minute', 'hour', 'day'] as const
export type Granularity = (typeof granularities)[number]

export type CellKey = {
  site: string
  granularity: Granularity
  /** Start of the bucket, epoch milliseconds. */
  start: number
  /** Name of the arrival segment: a UTC day, `YYYY-MM-DD`, or a part of one. */
  segment: string
  generation: string
  shardId: string
  /** One of the cell's parts; none: its totals. */
  part?: string
}

/** The generation that live consumption writes. */
export const liveGeneration = 'live'

/** Minutes are kept for the last two days: for "right now", not for history. */
export const minuteRetentionMs = 48 * 3_600_000

export const granularityMs: Record<Granularity, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

const bucketLength: Record<Granularity, number> = {
  minute: 'YYYY-MM-DDTHH:MM'.length,
  hour: 'YYYY-MM-DDTHH'.length,
  day: 'YYYY-MM-DD'.length,
}

/** Start of the bucket that holds `at`; every granularity divides a UTC day. */
export function bucketStart(granularity: Granularity, at: number): number {
  const length = granularityMs[granularity]
  return Math.floor(at / length) * length
}

export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, bucketLength.day)
}

export function seriesOf(site: string, granularity: Granularity): string {
  return `${site}#${granularity}`
}

/** The bucket part of a sort key. `at` may be any time in the bucket. */
export function bucketText(granularity: Granularity, at: number): string {
  return new Date(at).toISOString().slice(0, bucketLength[granularity])
}

export function cellText(key: CellKey): string {
  const text = `${bucketText(key.granularity, key.start)}#${key.segment}#${key.generation}#${key.shardId}`
  return key.part === undefined ? text : `${text}#${key.part}`
}

/** @throws when the item was not written under a key of ours: a fault */
export function parseCellKey(series: string, cell: string): CellKey {
  const [site, granularity] = series.split('#')
  const [bucket, segment, generation, shardId, part] = cell.split('#')
  const known = granularities.find((candidate) => candidate === granularity)
  if (!site || !known || !bucket || !segment || !generation || !shardId)
    throw new Error(`no cell key: ${series} ${cell}`)
  const start = parseBucket(known, bucket)
  return { site, granularity: known, start, segment, generation, shardId, ...(part !== undefined && { part }) }
}

function parseBucket(granularity: Granularity, bucket: string): number {
  const completed = granularity === 'day' ? bucket : granularity === 'hour' ? `${bucket}:00Z` : `${bucket}Z`
  return Date.parse(completed)
}
