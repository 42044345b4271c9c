import type { SequenceNumber } from '../../stream/sequence.ts'
import type { StreamRecord } from './consumer.ts'

/** Is told what a runner does in each shard, as it does it; it holds up nothing and never throws. */
export type RunObserver = {
  /** Taken up, for the first time or after a failure. */
  opened(shardId: string, position: SequenceNumber | undefined): void
  /** Read, and not handled yet. */
  read(shardId: string, records: readonly StreamRecord[], millisBehind: number): void
  /** @param begunAt when it was begun with them, epoch milliseconds */
  handled(shardId: string, records: readonly StreamRecord[], begunAt: number): void
  /** The shard is closed and handled to its end. */
  ended(shardId: string): void
}
