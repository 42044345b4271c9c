/**
 * Whether a minute of a shard balances. Entries of both consumers carry the last sequence number in them, so it is
 * known whether each has reached what the other has counted; before that, a difference says nothing.
 */

import type { Positions } from '../../consumers/runtime/positions.ts'
import { type LedgerCounts, noCounts } from '../../consumers/runtime/shapes/ledger.ts'
import { isAfter } from '../../stream/sequence.ts'
import type { ShardMinute } from './read-ledger.ts'

export type Verdict =
  | { kind: 'balanced' }
  /** These consumers have not reached all of it. */
  | { kind: 'notYet'; behind: string[]; events: number }
  | { kind: 'unbalanced'; differences: Difference[] }

export type Difference = { what: string; remedy: string }

export type ConsumerPositions = { aggregator: Positions; archiver: Positions }

/** @param archivedRows rows of the archive, up to what the archiver's entry holds; undefined: nobody can count them */
export function judge(
  shardMinute: ShardMinute,
  positions: ConsumerPositions,
  archivedRows: number | undefined,
): Verdict {
  const { shardId, aggregator, archiver } = shardMinute
  const counted = [aggregator, archiver].filter((entry) => entry !== undefined)
  const behind = (['aggregator', 'archiver'] as const).filter((consumer) => {
    const position = positions[consumer].get(shardId)
    return counted.some(({ sequence }) => isAfter(sequence, position))
  })
  if (behind.length > 0) {
    const events = Math.max(...counted.map(({ counts }) => counts.accepted))
    return { kind: 'notYet', behind, events }
  }
  if (counted.length === 0) {
    const what = `${archivedRows} rows of the archive are in nobody's account`
    return { kind: 'unbalanced', differences: [{ what, remedy: 'they were archived before there was a ledger' }] }
  }
  const differences = differencesOf(aggregator?.counts ?? noCounts(), archiver?.counts ?? noCounts(), archivedRows)
  return differences.length > 0 ? { kind: 'unbalanced', differences } : { kind: 'balanced' }
}

function differencesOf(
  aggregator: LedgerCounts,
  archiver: LedgerCounts,
  archivedRows: number | undefined,
): Difference[] {
  const differences: Difference[] = []
  const unequal = (is: number, of: number, what: string, remedy: string) => {
    if (is !== of) differences.push({ what: `${is} of ${of} ${what}`, remedy })
  }
  const { accepted, aggregated, duplicate, filtered, quarantined } = aggregator
  unequal(
    aggregated + duplicate + filtered + quarantined,
    accepted,
    'accepted events are accounted for by the aggregator',
    'the figures of this minute are wrong: fold it again from the archive',
  )
  unequal(
    archiver.archived + archiver.quarantined,
    archiver.accepted,
    'accepted events are accounted for by the archiver',
    'take the missing records from the stream while it holds them',
  )
  unequal(
    archiver.accepted,
    accepted,
    "events of the aggregator's count are in the archiver's",
    'the consumer with fewer has skipped records: it has to read this shard again from before this minute',
  )
  if (archivedRows !== undefined)
    unequal(
      archivedRows,
      archiver.archived,
      'archived events are rows of the archive',
      'objects of this hour were deleted or doubled: restore them from the version before',
    )
  return differences
}
