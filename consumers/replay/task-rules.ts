/** The rules of a replay: those that it was asked to count by, else those that each segment had. */
import type { RulesDocument } from '../aggregator/rules/document.ts'
import type { RuleStore } from '../aggregator/rules/rule-store.ts'
import { type Cut, type Segment, versionAt } from '../aggregator/shapes/segments.ts'
import type { TaskRules } from './task.ts'

/**
 * @param chosen a version for all segments, those of the warm-up too, as if these rules had always held
 * @throws when a document cannot be read
 */
export async function rulesOfTask(
  chosen: string | undefined,
  timeline: readonly Segment[],
  cuts: readonly Cut[],
  store: Pick<RuleStore, 'get'>,
): Promise<TaskRules> {
  const bySegment: Record<string, string> = {}
  for (const { name, start } of timeline) {
    const version = chosen ?? versionAt(cuts, start)
    if (version !== undefined) bySegment[name] = version
  }
  return rulesOfVersions(bySegment, store)
}

/** @param bySegment versions by the name of a segment */
export async function rulesOfVersions(
  bySegment: Readonly<Record<string, string>>,
  store: Pick<RuleStore, 'get'>,
): Promise<TaskRules> {
  const documents: Record<string, RulesDocument> = {}
  for (const version of new Set(Object.values(bySegment))) documents[version] = (await store.get(version)).document
  return { documents, bySegment }
}
