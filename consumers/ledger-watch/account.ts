/** Whether what was accepted some time ago is somewhere (docs/decisions/0010-the-ledger.md). Pure. */
import { type LedgerEntry, minuteText } from '../runtime/shapes/ledger.ts'

export type Account = {
  /** Events that arrived. */
  accepted: number
  /** Events that one of the two consumers has not accounted for, or has accounted for too often. */
  unaccounted: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** @returns an hour that began two hours ago: who has not come to it by now is behind, which has an alarm of its own */
export function watchedHour(now: number): { from: number; to: number } {
  const to = Math.floor((now - hourMs) / minuteMs) * minuteMs
  return { from: to - hourMs, to }
}

/** Events that each of the two has not accounted for, or too often. */
export type Missing = { aggregator: number; archiver: number }

export function account(aggregator: readonly LedgerEntry[], archiver: readonly LedgerEntry[]): Account {
  const { accepted, missing } = accountOfEach(aggregator, archiver)
  return { accepted, unaccounted: missing.aggregator + missing.archiver }
}

/** Minute by minute and shard by shard, so that one too many here does not make good for one too few there. */
export function accountOfEach(
  aggregator: readonly LedgerEntry[],
  archiver: readonly LedgerEntry[],
): { accepted: number; missing: Missing } {
  const sum = { accepted: 0, missing: { aggregator: 0, archiver: 0 } }
  const figures = byName(aggregator)
  const rows = byName(archiver)
  for (const name of new Set([...figures.keys(), ...rows.keys()])) {
    const counted = figures.get(name)?.counts
    const kept = rows.get(name)?.counts
    // Each has counted what it met.
    const accepted = Math.max(counted?.accepted ?? 0, kept?.accepted ?? 0)
    const { aggregated = 0, duplicate = 0, filtered = 0, quarantined = 0 } = counted ?? {}
    sum.accepted += accepted
    sum.missing.aggregator += Math.abs(accepted - aggregated - duplicate - filtered - quarantined)
    sum.missing.archiver += Math.abs(accepted - (kept?.archived ?? 0) - (kept?.quarantined ?? 0))
  }
  return sum
}

function byName(entries: readonly LedgerEntry[]): Map<string, LedgerEntry> {
  return new Map(entries.map((entry) => [`${minuteText(entry.minute)} ${entry.shardId}`, entry]))
}
