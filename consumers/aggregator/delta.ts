/** What an event changes. */
import type { SharedValues, Values } from './dimension-value.ts'
import type { Counts } from './shapes/cell.ts'
import type { Segment } from './shapes/segments.ts'
import type { VisitName } from './visits.ts'

/** A change to the figures of one site at one time, in the totals and under each of the named values. */
export type Delta = {
  site: string
  /** Event time that chooses the buckets. */
  at: number
  /** When the endpoint received it. */
  received: number
  /** The arrival segment that it belongs to by that. */
  segment: Segment
  /** Shared by many deltas: only to be read. */
  add: Readonly<Counts>
  /** Counted among the visitors, if given. */
  visitor: number | undefined
  /** Values of the event itself. */
  values: Values
  /** Values of the visit: the very same for all visits that came alike (`sharedPair`). */
  shared: SharedValues | undefined
  /**
   * Whether an earlier delta of this hour and arrival segment counted the visitor in the totals and under the shared
   * values already: to do it again would change nothing and takes time.
   */
  visitorIsKnown: boolean
  /** A change among values, such as another exit page, that the totals have nothing to do with. */
  outsideTotals: boolean
  /**
   * Of a change outside the totals: what else its visit counts under, beside `shared`. Changes of one visit make up for
   * each other there, so cells leave both out; whoever asks for several values at once (consumers/facts) does not.
   */
  beside: Values
  /** Which visit it is of; undefined: of none. Cells need not know, facts do. */
  visit: VisitName | undefined
}
