/** What the fold remembers of a shard, all of it bounded and forgotten by the stream's own time (aging-map.ts). */
import { AgingMap } from './aging-map.ts'
import type { IntervalSet } from './interval-set.ts'
import type { Sender } from './sender.ts'
import type { Visit } from './visits.ts'

const hourMs = 3_600_000

/**
 * Numbers of a page load that were seen. Of nearly all loads they came in order from 0, and where they end says it
 * all: as a plain number, since an object for each of some million loads takes more than everything else.
 */
export type SeenNumbers = number | IntervalSet

export class FoldState {
  /** Batches seen, by producer (in a group of their own): a retried batch is the same number again. */
  readonly producers = new AgingMap<IntervalSet>(24 * hourMs, 10_000)
  /** Events seen, by site and page load. */
  readonly loads = new AgingMap<SeenNumbers>(24 * hourMs, 4_000_000)
  /** The latest visit of each visitor, by site and visitor. The younger half holds a million. */
  readonly visits = new AgingMap<Visit>(2 * hourMs, 2_000_000)
  /** Of the delivery at hand: known again with the next event of it, and no part of a snapshot. */
  sender: Sender | undefined
}
