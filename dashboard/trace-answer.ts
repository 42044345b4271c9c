/** What the API answers of one event, as types: a part of the contract of answers.ts. */
import type { FilterKind } from '../consumers/trace/shapes/filter-kind.ts'

/** One copy of an event that was traced, and what became of it. */
export type TraceCopy = {
  place: 'archive' | 'stream' | 'overflow' | 'quarantine'
  type: string
  url: string
  acceptedAt: string
  /** Null: the stream no longer holds its record. */
  batchBegunAt: string | null
  shard: string | null
  sequence: string | null
  index: number | null
  object: string | null
  row: number | null
  /** Null: not to be told yet. */
  outcome: 'aggregated' | 'duplicate' | 'filtered' | 'quarantined' | null
  /** Whether the aggregator has noted that it is behind it. */
  handled: boolean
  filteredBy: FilterKind | null
  /** The same in a sentence, in English; of what is set aside, the object. */
  reason: string | null
  copyOf: 'batch' | 'event' | null
  first: { shard: string; sequence: string; index: number } | null
  cells: { series: string; cell: string; holdsIt: boolean }[]
}
export type TraceAnswer = { load: string; n: number; day: string; copies: TraceCopy[] }
