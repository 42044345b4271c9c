/**
 * Arrival segments: stretches of time in which events arrived, one after the other without a gap. What arrived in a
 * segment is counted in cells of its own, so that a replay can rebuild it and put the new cells in place of the old
 * (docs/decisions/0015-segments-and-publications.md). A segment is a UTC day, unless cuts divide it:
 *
 *     2026-11-24           |2026-11-25       |2026-11-25.1   |2026-11-25.2            |2026-11-26
 *     ─────────────────────┼─────────────────┼───────────────┼────────────────────────┼────────▶ received
 *                      midnight             cut             cut                    midnight
 */
import type { Rules } from '../rules/rules.ts'
import { granularityMs, utcDay } from './cell-key.ts'

export type Segment = {
  /** As it stands in the keys of cells: `YYYY-MM-DD`, behind a day's first cut `YYYY-MM-DD.1`, and so on. */
  name: string
  /** Receipt times `[start, end)`, epoch milliseconds. */
  start: number
  end: number
  /** By which it is counted; undefined: the usual ones. */
  rules?: Rules
}

/** Where one segment ends and the next begins. */
export type Cut = {
  /** Epoch milliseconds; what is received at this time belongs to the segment behind. */
  at: number
  /** Version of the rules that hold from here on; undefined: those from before. */
  rules?: string
}

/** The segment that an event belongs to by when the endpoint received it. */
export type SegmentOf = (received: number) => Segment

/** Compiled rules by their version; undefined: those that hold as long as no cut names any. */
export type RulesOf = (version: string | undefined) => Rules

const dayMs = granularityMs.day
const none: Segment = { name: '', start: 0, end: 0 }

/**
 * Events mostly come in the order of their arrival, and now and then from the other side of a boundary: the last two
 * segments are remembered.
 *
 * @param cuts ascending
 * @param rulesOf without it segments have no rules of their own
 */
export function segmentsOf(cuts: readonly Cut[], rulesOf?: RulesOf): SegmentOf {
  const times = cuts.map(({ at }) => at)
  let last = none
  let before = none
  return (received) => {
    if (holds(last, received)) return last
    if (holds(before, received)) return before
    before = last
    const segment = segmentAt(times, received)
    last = rulesOf ? { ...segment, rules: rulesOf(versionAt(cuts, segment.start)) } : segment
    return last
  }
}

/** The version that the last cut up to `at` with any names; undefined: the usual rules. */
export function versionAt(cuts: readonly Cut[], at: number): string | undefined {
  return cuts.findLast((cut) => cut.at <= at && cut.rules !== undefined)?.rules
}

/** Segments that are whole UTC days. */
export function dailySegments(rules?: Rules): SegmentOf {
  return segmentsOf([], rules && (() => rules))
}

/** The segments that lie in `[from, to)`, whole or in part, in order. */
export function segmentsBetween(segmentOf: SegmentOf, from: number, to: number): Segment[] {
  const segments: Segment[] = []
  for (let at = from; at < to; at = segmentOf(at).end) segments.push(segmentOf(at))
  return segments
}

function holds({ start, end }: Segment, received: number): boolean {
  return received >= start && received < end
}

function segmentAt(cuts: readonly number[], received: number): Segment {
  const midnight = Math.floor(received / dayMs) * dayMs
  const passed = countUpTo(cuts, received)
  // A cut at midnight divides nothing: a segment begins there anyhow.
  const number = passed - countUpTo(cuts, midnight)
  const day = utcDay(midnight)
  return {
    name: number === 0 ? day : `${day}.${number}`,
    start: number === 0 ? midnight : (cuts[passed - 1] ?? midnight),
    end: Math.min(cuts[passed] ?? Number.POSITIVE_INFINITY, midnight + dayMs),
  }
}

/** How many of these ascending times are not after `at`. */
function countUpTo(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}

const namePattern = /^(\d{4}-\d\d-\d\d)(?:\.[1-9]\d*)?$/

/**
 * @returns start of the UTC day that a segment lies in
 * @throws when it is no name of a segment
 */
export function dayOfSegment(name: string): number {
  const [, day = ''] = namePattern.exec(name) ?? []
  const start = Date.parse(`${day}T00:00Z`)
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(start) || utcDay(start) !== day) throw new Error(`no arrival segment: ${name}`)
  return start
}

/** Cuts as they are stored: a list of `{at, rules?}` in JSON. */
export function cutsToJson(cuts: readonly Cut[]): string {
  return JSON.stringify(cuts)
}

/** @throws when these are no cuts, or not in order: a fault, because every figure behind a wrong one is in the wrong place */
export function cutsFromJson(json: string): Cut[] {
  const list: unknown = JSON.parse(json)
  if (!Array.isArray(list)) throw new Error('the cuts are no list')
  const cuts = list.map(toCut)
  for (const [i, { at }] of cuts.entries())
    if (at <= (cuts[i - 1]?.at ?? 0)) throw new Error(`the cuts are not in ascending order at ${at}`)
  return cuts
}

function toCut(value: unknown): Cut {
  const { at, rules } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (!Number.isSafeInteger(at)) throw new Error(`a cut without a time: ${JSON.stringify(value)}`)
  if (rules === undefined) return { at: at as number }
  if (typeof rules !== 'string' || rules === '')
    throw new Error(`a cut with no version of rules: ${JSON.stringify(value)}`)
  return { at: at as number, rules }
}
