/** Where a replay reads from: what the aggregator was given once, shard by shard, in stream order. */
import type { SequenceNumber } from '../../../stream/sequence.ts'
import type { Shard } from '../../../stream/shard-map.ts'
import type { DecodedStreamRecord } from '../../runtime/records.ts'

/**
 * A stretch of the stream, by when the endpoint received events, epoch milliseconds; `to` is not in it. A source gives
 * everything that was received then at its place in the stream, and whatever lies between: what waited out an outage
 * comes late, and what the fold makes of it depends on all that came before. So a source may give more at both ends.
 */
export type Stretch = { from: number; to: number }

export type ReplaySource = {
  /** Shards that hold something of the stretch, with their parents. */
  shards(): Promise<readonly Shard[]>
  /**
   * One shard's records in stream order, in batches.
   *
   * @param stretch whole, or what comes after a sequence number: where an earlier read stopped
   * @throws SourceError when it does not hold what it should
   */
  read(shardId: string, stretch: Stretch & { after?: SequenceNumber }): AsyncIterable<readonly DecodedStreamRecord[]>
}

export type SourceErrorCode =
  /** The manifest names an object that is not there. */
  | 'object_missing'
  /** An object is not what was written, or holds other rows than the manifest says. */
  | 'object_corrupt'
  /** The source does not go back far enough, has gaps, or has not come so far yet. */
  | 'not_covered'

/** What was asked for cannot be had whole; the message names the object or the range. */
export class SourceError extends Error {
  readonly code: SourceErrorCode
  readonly retriable = false

  constructor(code: SourceErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** For messages: `2026-11-23T06:00:00.000Z to 2026-11-24T00:00:00.000Z`. */
export function stretchText({ from, to }: Stretch): string {
  return `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
}
