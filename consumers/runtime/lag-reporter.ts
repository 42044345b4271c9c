/**
 * Tells the table `lag` how far a consumer is behind in each shard. Reports are written in the background, one at a
 * time for a shard, and one that fails is logged and followed by the next: consuming waits for none of them.
 */
import type { StreamRecord } from './consumer.ts'
import type { LagStore } from './lag-store.ts'
import { type LagFigures, LagTracker } from './lag-tracker.ts'
import type { RunObserver } from './observer.ts'

export type LagReporterOptions = {
  consumer: string
  /** How long the consumer gathers records (Lag.windowMs). */
  windowMs: number
  store: LagStore
  now: () => number
  onFault: (shardId: string, error: unknown) => void
}

export type LagReporter = RunObserver & {
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>
}

/** Often enough for somebody who watches; half a write unit a second and busy shard. */
const changedEveryMs = 2000
/** At rest: two write units a minute and shard, 0.03 dollars a month. Silence is noticed after twice this time. */
const unchangedEveryMs = 30_000

type ShardReports = {
  tracker: LagTracker
  written: { figures: LagFigures; at: number } | undefined
  writing: Promise<void> | undefined
}

/** For a runner, which lives on between records. */
export function createLagReporter(options: LagReporterOptions): LagReporter {
  const { consumer, windowMs, store, now, onFault } = options
  const shards = new Map<string, ShardReports>()

  function of(shardId: string): ShardReports {
    const known = shards.get(shardId)
    if (known) return known
    const reports: ShardReports = { tracker: new LagTracker(), written: undefined, writing: undefined }
    shards.set(shardId, reports)
    return reports
  }

  function write(shardId: string, reports: ShardReports, work: () => Promise<void>): void {
    reports.writing = work()
      .catch((error: unknown) => onFault(shardId, error))
      .finally(() => {
        reports.writing = undefined
      })
  }

  function reportWhenDue(shardId: string, reports: ShardReports): void {
    const at = now()
    const figures = reports.tracker.figures(at)
    const { written } = reports
    const everyMs = written && isSame(figures, written.figures) ? unchangedEveryMs : changedEveryMs
    if (reports.writing || (written && at - written.at < everyMs)) return
    // Also when it fails: a table that throttles is not asked more often for it.
    reports.written = { figures, at }
    const lag = { consumer, shardId, windowMs, reportedAt: at, reportsWithinMs: unchangedEveryMs, ...figures }
    write(shardId, reports, () => store.put(lag))
  }

  return {
    opened(shardId, position) {
      of(shardId).tracker.opened(position)
    },
    read(shardId, records, millisBehind) {
      const reports = of(shardId)
      reports.tracker.read(records, millisBehind)
      reportWhenDue(shardId, reports)
    },
    handled(shardId, records) {
      const reports = of(shardId)
      reports.tracker.handled(records, now())
      reportWhenDue(shardId, reports)
    },
    ended(shardId) {
      const reports = of(shardId)
      const before = reports.writing ?? Promise.resolve()
      write(shardId, reports, () => before.then(() => store.remove(consumer, shardId)))
    },
    async settled() {
      await Promise.all([...shards.values()].map(({ writing }) => writing))
    },
  }
}

/** Tells what a batch left behind; resolves when it is written or has failed: after that, Lambda sleeps. */
export type BatchReporter = (shardId: string, handled: readonly StreamRecord[]) => Promise<void>

/** For Lambda: a report a batch. Nobody is awake to make one in between, so none is promised. */
export function createBatchReporter(options: LagReporterOptions): BatchReporter {
  const { consumer, windowMs, store, now, onFault } = options
  const trackers = new Map<string, LagTracker>()

  return async (shardId, handled) => {
    const at = now()
    const tracker = trackers.get(shardId) ?? new LagTracker()
    trackers.set(shardId, tracker)
    tracker.read(handled, at - (handled.at(-1)?.arrivedAt ?? at))
    tracker.handled(handled, at)
    const lag = { consumer, shardId, windowMs, reportedAt: at, reportsWithinMs: undefined, ...tracker.figures(at) }
    await store.put(lag).catch((error: unknown) => onFault(shardId, error))
  }
}

function isSame(a: LagFigures, b: LagFigures): boolean {
  return a.position === b.position && a.behindMs === b.behindMs && a.behindRecords === b.behindRecords
}
