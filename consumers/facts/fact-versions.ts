/**
 * What facts of a day depend on, as hashes in the names of files: whoever finds a file of this name need not ask how old
 * it is (docs/decisions/0028-facts.md).
 *
 *     2026-11-23.RULES.ERASED.ROWS.parquet    a folder (shapes/fact-columns.ts)
 *
 *     RULES   by which the day and its warm-up count, and the format of facts
 *     ERASED  how many rows of both days were erased from the archive
 *     ROWS    which rows of both days are in the archive; compacting changes nothing of it
 */
import { hash } from 'node:crypto'
import { usualRules } from '../aggregator/rules/rules.ts'
import { granularityMs, liveGeneration, utcDay } from '../aggregator/shapes/cell-key.ts'
import { type Cut, type Segment, segmentsBetween, segmentsOf, versionAt } from '../aggregator/shapes/segments.ts'
import { countErased, type ShardHour } from '../archiver/manifest.ts'

/** Another one when facts hold something else, or the fold makes something else of the same events. */
const format = 4
const dayMs = granularityMs.day
const hashLength = 12

/** Which generation of a segment counts, and the rules that it was asked to count by, if any. */
export type CountedBy = (segment: string) => { generation: string; rules: string | undefined }

/** What a day's facts are made by: versions of rules for the segments of the day and of its warm-up. */
export type DayPlan = {
  /** Start of the UTC day of arrival, epoch milliseconds. */
  day: number
  timeline: readonly Segment[]
  /** By the name of a segment; those that are not named have the usual ones. */
  rules: Readonly<Record<string, string>>
}

export function planDay(day: number, cuts: readonly Cut[], countedBy: CountedBy): DayPlan {
  const timeline = segmentsBetween(segmentsOf(cuts), day - dayMs, day + dayMs)
  const chosen = (segment: Segment) => {
    const { generation, rules } = countedBy(segment.name)
    return generation === liveGeneration ? undefined : rules
  }
  // A replay warms up by the rules that it counts by.
  const first = timeline.find(({ start }) => start >= day)
  const ofWarmUp = first && chosen(first)
  const rules: Record<string, string> = {}
  for (const segment of timeline) {
    const version = (segment.start < day ? ofWarmUp : chosen(segment)) ?? versionAt(cuts, segment.start)
    if (version !== undefined) rules[segment.name] = version
  }
  return { day, timeline, rules }
}

export type FactVersion = { rules: string; erased: string; rows: string }

/** @param parts what the manifest names of the day and of the day before */
export function versionOf({ timeline, rules }: DayPlan, parts: readonly ShardHour[]): FactVersion {
  const sorted = parts.toSorted((a, b) => (`${a.hour} ${a.shardId}` < `${b.hour} ${b.shardId}` ? -1 : 1))
  return {
    rules: hashOf([format, timeline.map(({ name, start }) => [name, start, rules[name] ?? usualRules.version])]),
    erased: hashOf(sorted.map((part) => countErased(part)).filter((count) => count > 0)),
    rows: hashOf(
      sorted.map(({ hour, shardId, objects }) => [
        hour,
        shardId,
        rowsOf(objects),
        objects[0]?.first ?? '',
        objects.at(-1)?.last ?? '',
      ]),
    ),
  }
}

export function rowsOf(objects: ShardHour['objects']): number {
  return objects.reduce((sum, { rows }) => sum + rows, 0)
}

export function fileName(day: number, { rules, erased, rows }: FactVersion): string {
  return `${utcDay(day)}.${rules}.${erased}.${rows}.parquet`
}

/** @returns undefined when it is no name of ours */
export function parseFileName(name: string): ({ day: string } & FactVersion) | undefined {
  const [day, rules, erased, rows, suffix] = name.split('.')
  if (!day || !rules || !erased || !rows || suffix !== 'parquet') return undefined
  return { day, rules, erased, rows }
}

function hashOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'hex').slice(0, hashLength)
}
