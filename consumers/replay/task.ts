/** What is to be replayed, as it travels to worker threads: plain data, from which each makes what it works with. */

import type { RulesDocument } from '../aggregator/rules/document.ts'
import { compileRules, type Rules } from '../aggregator/rules/rules.ts'
import { granularityMs } from '../aggregator/shapes/cell-key.ts'
import { dailySegments, type Segment, type SegmentOf } from '../aggregator/shapes/segments.ts'
import type { FoldTask } from './fold-family.ts'

/** Rules as documents, for compiled ones cannot travel. Segments that are not named have the usual ones. */
export type TaskRules = {
  documents: Readonly<Record<string, RulesDocument>>
  /** Version by the name of a segment. */
  bySegment: Readonly<Record<string, string>>
}

export type ReplayTask = {
  generation: string
  /** Names of the segments to rebuild. */
  segments: readonly string[]
  sites: 'all' | readonly string[]
  /** Sites of which nothing is counted, whoever asks for them: their data are erased. */
  closedSites: readonly string[]
  /** All segments from the beginning of the warm-up to the end, in order; those asked for are among them. */
  timeline: readonly Segment[]
  rules: TaskRules
  /** When the generation was begun, epoch milliseconds: the same for every run that goes on with it. */
  startedAt: number
}

/**
 * Where reading begins: a UTC day before the day of the first segment. What the fold forgets it forgets at midnights
 * (aging-map.ts), a day after it was last needed, so from here on it comes to know what live consumption knew.
 */
export function warmUpFrom(firstSegmentStart: number): number {
  const dayMs = granularityMs.day
  return Math.floor(firstSegmentStart / dayMs) * dayMs - dayMs
}

/** @throws when a document is none of rules: they were checked when they were stored */
export function toFoldTask({ generation, segments, sites, closedSites, timeline, rules }: ReplayTask): FoldTask {
  return {
    generation,
    segments: new Set(segments),
    sites: sites === 'all' ? sites : new Set(sites),
    closedSites: new Set(closedSites),
    segmentOf: segmentOfTask(timeline, rules),
    stretch: stretchOf(timeline),
  }
}

/** @throws when a document is none of rules */
export function segmentOfTask(timeline: readonly Segment[], rules: TaskRules): SegmentOf {
  return segmentOfTimeline(withRules(timeline, rules))
}

function withRules(timeline: readonly Segment[], { documents, bySegment }: TaskRules): Segment[] {
  const compiled = new Map(Object.entries(documents).map(([version, document]) => [version, compile(document)]))
  return timeline.map((segment) => {
    const rules = compiled.get(bySegment[segment.name] ?? '')
    return rules ? { ...segment, rules } : segment
  })
}

function compile(document: RulesDocument): Rules {
  const result = compileRules(document)
  if (!result.ok) throw new Error(result.problems.join('; '))
  return result.rules
}

export function stretchOf(timeline: readonly Segment[]): { from: number; to: number } {
  return { from: timeline[0]?.start ?? 0, to: timeline.at(-1)?.end ?? 0 }
}

/**
 * Segments up to those of a timeline and beyond are whole days: nothing of them is asked for. What is left of a day that
 * was cut has a name of its own, for the day's is that of its first part.
 */
export function segmentOfTimeline(timeline: readonly Segment[]): SegmentOf {
  const beyond = dailySegments()
  let last = timeline[0]
  const end = timeline.at(-1)?.end ?? 0
  return (received) => {
    if (last && received >= last.start && received < last.end) return last
    const found = timeline.find(({ start, end }) => received >= start && received < end)
    last = found ?? last
    if (found) return found
    const day = beyond(received)
    return day.start < end && received >= end ? { ...day, name: `${day.name}.rest`, start: end } : day
  }
}
