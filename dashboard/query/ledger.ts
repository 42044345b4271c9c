/** The account of the last hour: whether every event that was accepted is somewhere (docs/decisions/0010-the-ledger.md). */
import { addCounts, type LedgerEntry, noCounts } from '../../consumers/runtime/shapes/ledger.ts'
import type { LedgerAnswer } from '../answers.ts'

const minuteMs = 60_000
/** What all consumers have had the time to handle: the archiver gathers two minutes in AWS. */
const settledMs = 5 * minuteMs
const periodMs = 60 * minuteMs

/** @returns start of the first minute, and of the one that is not in it any more */
export function settledPeriod(now: number): { from: number; to: number } {
  const to = Math.floor((now - settledMs) / minuteMs) * minuteMs
  return { from: to - periodMs, to }
}

export function balanceOf(
  { from, to }: { from: number; to: number },
  aggregator: readonly LedgerEntry[],
  archiver: readonly LedgerEntry[],
): LedgerAnswer {
  const figures = sum(aggregator)
  const rows = sum(archiver)
  // Each has counted what it met; who lags behind has met less.
  const accepted = Math.max(figures.accepted, rows.accepted)
  const { aggregated, duplicate, filtered, quarantined } = figures
  // What is set aside is kept as well, byte for byte.
  const archived = rows.archived + rows.quarantined
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    accepted,
    aggregated,
    duplicate,
    filtered,
    quarantined,
    archived,
    balanced: accepted === aggregated + duplicate + filtered + quarantined && accepted === archived,
  }
}

function sum(entries: readonly LedgerEntry[]) {
  const all = noCounts()
  for (const { counts } of entries) addCounts(all, counts)
  return all
}
