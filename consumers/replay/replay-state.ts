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
}

type ReplayDocument = { v: 1; fold: unknown; counts: ReplayCounts; sites: string[] }

/** @param fold a parent's, to begin with */
function beginWith(fold: FoldState): ReplayState {
  return { fold, counts: noReplayCounts(), sites: new Set() }
}

export const replayStateCodec: StateCodec<ReplayState> = {
  empty: () => beginWith(new FoldState()),

  toJson: ({ fold, counts, sites }) =>
    ({ v: 1, fold: foldStateCodec.toJson(fold), counts, sites: [...sites] }) satisfies ReplayDocument,

  fromJson(json) {
    const { v, fold, counts, sites } = json as ReplayDocument
    if (v !== 1) throw new Error(`a replay's state of format ${v}, this reader knows 1`)
    return { fold: foldStateCodec.fromJson(fold), counts, sites: new Set(sites) }
  },

  // What the parents counted is theirs.
  merge: (states) => beginWith(foldStateCodec.merge(states.map(({ fold }) => fold))),
}
