/**
 * What the pipeline did in a minute, as far as it is watched. What endpoints took and rejected is counted by them
 * (stream/endpoint-minute.ts); the rest is looked up by whoever closes the minute (look.ts), and is what it was from then on.
 */
import type { EndpointMinute } from '../../../stream/endpoint-minute.ts'
import type { MinuteCodec } from '../judge/judged-minutes.ts'

export type ConsumerBehind = {
  consumer: string
  /** Of its shard that is furthest behind. */
  seconds: number
  /** More is too much: what it gathers on purpose, and a minute. */
  limit: number
  /** Seconds behind of each shard that is. */
  shards: [shardId: string, seconds: number][]
}

export type LedgerFigures = {
  /** Arrival minutes from `from` to before `to`, epoch milliseconds: those that all have handled since the last time. */
  from: number
  to: number
  /** Events that each has not accounted for, or too often. */
  missing: [consumer: string, events: number][]
}

/** What nobody looked at in time is absent. */
export type PipelineFigures = EndpointMinute & { behind?: ConsumerBehind[]; ledger?: LedgerFigures }

export const pipelineMinutes: MinuteCodec<PipelineFigures> = {
  none: () => ({ accepted: 0, rejected: [] }),
  add(into, { accepted, rejected }) {
    into.accepted += accepted
    const sums = new Map(into.rejected)
    for (const [code, count] of rejected) sums.set(code, (sums.get(code) ?? 0) + count)
    into.rejected = [...sums]
  },
  toJson: (figures) => figures,
  fromJson: (json) => json as PipelineFigures,
}
