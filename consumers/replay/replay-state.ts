/** What a replay knows of a shard: the fold's state, and what it has counted, so that a resumed one reports the same. */
import { FoldState } from '../aggregator/fold-state.ts'
import { foldStateCodec } from '../aggregator/state-codec.ts'
import type { StateCodec } from '../runtime/progress.ts'

export type ReplayCounts = {
  records: number
  /** All events that were folded, those of the warm-up too. */
  events: number
  /** Events that arrived in the segments asked for; each is one of the three below. */
  accepted: number
  aggregated: number
  duplicate: number
  filtered: number
  /** Those of the accepted whose arrival minute lies whole in its segment: what the ledger can be asked about. */
  accountable: number
  /** Records that the fold's code failed on, left out. */
  passedOver: number
}

export function noReplayCounts(): ReplayCounts {
  return {
    records: 0,
    events: 0,
    accepted: 0,
    aggregated: 0,
    duplicate: 0,
    filtered: 0,
    accountable: 0,
    passedOver: 0,
  }
}

export function addReplayCounts(into: ReplayCounts, from: ReplayCounts): void {
  for (const name of Object.keys(into) as (keyof ReplayCounts)[]) into[name] += from[name]
}

export type ReplayState = {
  fold: FoldState
  counts: ReplayCounts
  /** Sites whose cells were changed. */
  sites: Set<string>
  /**
   * Its shard is folded to the end, and no other takes over what the fold remembers: of that nothing is saved
   * (docs/measurements.md, Replay).
   */
  isLast: boolean
}

/** `fold` is null where `isLast`. */
type ReplayDocument = { v: 1; fold: unknown; counts: ReplayCounts; sites: string[] }

/** @param fold a parent's, to begin with */
function beginWith(fold: FoldState): ReplayState {
  return { fold, counts: noReplayCounts(), sites: new Set(), isLast: false }
}

export const replayStateCodec: StateCodec<ReplayState> = {
  empty: () => beginWith(new FoldState()),

  toJson: ({ fold, counts, sites, isLast }) =>
    ({ v: 1, fold: isLast ? null : foldStateCodec.toJson(fold), counts, sites: [...sites] }) satisfies ReplayDocument,

  fromJson(json) {
    const { v, fold, counts, sites } = json as ReplayDocument
    if (v !== 1) throw new Error(`a replay's state of format ${v}, this reader knows 1`)
    const isLast = fold === null
    return { fold: isLast ? new FoldState() : foldStateCodec.fromJson(fold), counts, sites: new Set(sites), isLast }
  },

  // What the parents counted is theirs.
  merge(states) {
    if (states.some(({ isLast }) => isLast))
      throw new Error('a shard has come to light whose parents were folded without it: the replay is to be begun anew')
    return beginWith(foldStateCodec.merge(states.map(({ fold }) => fold)))
  },
}
