/** The fold's state as JSON, for snapshots and for the children of a shard. */
import type { StateCodec } from '../runtime/progress.ts'
import { FoldState } from './fold.ts'
import { IntervalSet } from './interval-set.ts'
import type { Visit } from './visits.ts'

type StateDocument = { v: 1; producers: unknown; loads: unknown; visits: unknown }

const intervals = {
  encode: (set: IntervalSet) => set.toJson(),
  decode: (json: unknown) => new IntervalSet(json as number[]),
}
const visits = { encode: (visit: Visit) => visit, decode: (json: unknown) => json as Visit }

export const foldStateCodec: StateCodec<FoldState> = {
  empty: () => new FoldState(),

  toJson: (state): StateDocument => ({
    v: 1,
    producers: state.producers.toJson(intervals.encode),
    loads: state.loads.toJson(intervals.encode),
    visits: state.visits.toJson(visits.encode),
  }),

  fromJson(json) {
    const state = new FoldState()
    absorb(state, json as StateDocument)
    return state
  },

  merge(states) {
    const merged = new FoldState()
    for (const state of states) absorb(merged, foldStateCodec.toJson(state) as StateDocument)
    return merged
  },
}

function absorb(state: FoldState, document: StateDocument): void {
  if (document.v !== 1) throw new Error(`a fold state of format ${document.v}, this reader knows 1`)
  state.producers.absorb(document.producers, intervals.decode)
  state.loads.absorb(document.loads, intervals.decode)
  state.visits.absorb(document.visits, visits.decode)
}
