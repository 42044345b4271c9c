/**
 * How far consumers are behind, judged from what they reported (lag.ts). A report is of the
 * past, and one who is dead makes none: what was reported is not simply passed on.
 */
import type { ConsumerLag } from './consumer-lag.ts'
import { type Lag, pauseMs } from './lag.ts'

/** Beyond the time for which a consumer gathers on purpose: reading, folding and writing take their part of it. */
const slackMs = 10_000
/** A runner that is behind reports every two seconds, unless it does not get round to it. */
const freshMs = 10_000

/** @returns by consumer and shard */
export function judgeLags(lags: readonly Lag[], now: number): ConsumerLag[] {
  const shards = Map.groupBy(lags, ({ shardId }) => shardId)
  return lags
    .map((lag) => judge(lag, owingSince(lag, shards.get(lag.shardId) ?? []), now))
    .sort((a, b) => compare(a.consumer, b.consumer) || compare(a.shard, b.shard))
}

/**
 * @returns arrival of the oldest record that another consumer is known to have handled and this one is not;
 *   undefined when there is none
 */
function owingSince({ arrivedAt = 0 }: Lag, shard: readonly Lag[]): number | undefined {
  const ahead = shard.filter((other) => (other.arrivedAt ?? 0) > arrivedAt)
  if (ahead.length === 0) return undefined
  return Math.min(...ahead.map(({ activeSince }) => Math.max(activeSince ?? 0, arrivedAt)))
}

function judge(lag: Lag, owesSince: number | undefined, now: number): ConsumerLag {
  const verdict =
    lag.reportsWithinMs === undefined ? judgeLambda(lag, owesSince, now) : judgeRunner(lag, owesSince, now)
  const { behindMs, silentMs } = verdict
  return {
    consumer: lag.consumer,
    shard: lag.shardId,
    state: silentMs > 0 ? 'silent' : behindMs > lag.windowMs + slackMs ? 'behind' : 'fine',
    behindSeconds: behindMs / 1000,
    behindRecords: behindMs === lag.behindMs ? lag.behindRecords : null,
    windowSeconds: lag.windowMs / 1000,
    position: lag.position ?? null,
    arrivedAt: toTime(lag.arrivedAt),
    handledAt: toTime(lag.handledAt),
    handledRecords: lag.handledRecords,
    reportedAt: new Date(lag.reportedAt).toISOString(),
    silentSeconds: silentMs / 1000,
  }
}

type Verdict = { behindMs: number; silentMs: number }

/** Promises reports: without them it is dead, or hangs, and falls behind as the time goes. */
function judgeRunner(lag: Lag, owesSince: number | undefined, now: number): Verdict {
  const { behindMs, reportsWithinMs = 0 } = lag
  const ageMs = Math.max(0, now - lag.reportedAt)
  if (ageMs > 2 * reportsWithinMs) return { behindMs: behindMs + ageMs, silentMs: ageMs }
  if (behindMs > 0 && ageMs > freshMs) return { behindMs: behindMs + ageMs, silentMs: 0 }
  if (owesSince !== undefined && ageMs > reportsWithinMs) return { behindMs: now - owesSince, silentMs: 0 }
  return { behindMs, silentMs: 0 }
}

/** Sleeps while there is nothing to do: it should have reported when the others know of something. */
function judgeLambda({ behindMs, reportedAt }: Lag, owesSince: number | undefined, now: number): Verdict {
  if (owesSince === undefined) return { behindMs, silentMs: 0 }
  const waitedMs = now - Math.max(owesSince, reportedAt)
  return { behindMs: now - owesSince, silentMs: waitedMs > pauseMs ? waitedMs : 0 }
}

function toTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString()
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
