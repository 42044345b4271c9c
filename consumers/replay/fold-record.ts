/**
 * What a replay makes of a record: the aggregator's own fold, of which only the changes of the segments and sites asked
 * for are let through. Everything else is folded for what it leaves in the state. Pure.
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Delta } from '../aggregator/delta.ts'
import { foldEvent, foldRecord } from '../aggregator/fold.ts'
import type { Segment, SegmentOf } from '../aggregator/shapes/segments.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'
import { arrivalMinute } from '../runtime/shapes/ledger.ts'
import type { ReplayState } from './replay-state.ts'

/** Which changes are wanted. */
export type Selection = {
  segmentOf: SegmentOf
  /** Names of segments. */
  segments: ReadonlySet<string>
  sites: 'all' | ReadonlySet<string>
  closedSites: ReadonlySet<string>
}

const minuteMs = 60_000

/** @param add takes the changes that are wanted, in stream order */
export function foldReplayed(
  state: ReplayState,
  { sequenceNumber, header, deliveries }: DecodedStreamRecord,
  { segmentOf, segments, sites, closedSites }: Selection,
  add: (sequence: SequenceNumber, delta: Delta) => void,
): void {
  const { fold, counts } = state
  const isNew = foldRecord(fold, header)
  const emit = (delta: Delta) => add(sequenceNumber, delta)
  counts.records += 1
  for (const delivery of deliveries) {
    const { site, received, events } = delivery
    const segment = segmentOf(received)
    const isAskedFor = segments.has(segment.name)
    const isWanted = isAskedFor && (sites === 'all' || sites.has(site)) && !closedSites.has(site)
    if (isWanted) state.sites.add(site)
    counts.events += events.length
    if (isAskedFor) {
      counts.accepted += events.length
      if (isWholeMinute(segment, received)) counts.accountable += events.length
    }
    if (!isNew) {
      if (isAskedFor) counts.duplicate += events.length
      continue
    }
    for (const event of delivery.events) {
      const outcome = foldEvent(fold, segment, delivery, event, isWanted ? emit : ignore)
      if (isAskedFor) counts[outcome] += 1
    }
  }
}

/** Whether all of the arrival minute belongs to the segment: a cut may lie within a minute, and the ledger knows no less. */
export function isWholeMinute({ start, end }: Segment, received: number): boolean {
  const minute = arrivalMinute(received)
  return minute >= start && minute + minuteMs <= end
}

function ignore(): void {}
