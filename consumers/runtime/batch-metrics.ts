/** What an invocation did, as a line of the function's log: metrics of events, and what else tells of the batch. */
import { type MetricSource, metricLine, occurred } from '../../stream/embedded-metrics.ts'
import type { StreamRecord } from './consumer.ts'
import { addCounts, type LedgerCounts, noCounts } from './shapes/ledger.ts'

export type BatchMetrics = {
  /** Takes into the next line what became of events, once that is written. */
  counted: (counts: LedgerCounts) => void
  /** Writes the line of a batch. */
  ended: (shardId: string, records: readonly StreamRecord[], begunAt: number, isHandled: boolean) => void
}

/**
 * They count work that was done: what is handled again after a crash is counted again here, and once in the ledger.
 *
 * @param write takes a line, and does not throw
 */
export function createBatchMetrics(
  source: MetricSource,
  write: (line: string) => void,
  now: () => number,
): BatchMetrics {
  let counts = noCounts()
  return {
    counted(more) {
      addCounts(counts, more)
    },
    ended(shard, records, begunAt, isHandled) {
      const { accepted, aggregated, archived, duplicate, filtered, quarantined } = counts
      counts = noCounts()
      const metrics = {
        Aggregated: aggregated,
        Archived: archived,
        Duplicates: duplicate,
        Filtered: filtered,
        Quarantined: quarantined,
        // Lambda counts no error for a batch that is handed back: it brings it again.
        HandedBack: isHandled ? 0 : 1,
      }
      const at = now()
      const bytes = records.reduce((sum, { data }) => sum + data.length, 0)
      const behindMs = Math.max(0, at - (records.at(-1)?.arrivedAt ?? at))
      write(
        metricLine(source, occurred(metrics), at, {
          shard,
          records: records.length,
          events: accepted,
          bytes,
          behindMs,
          durationMs: at - begunAt,
        }),
      )
    },
  }
}
