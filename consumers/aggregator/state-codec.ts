/** The fold's state as JSON, for snapshots and for the children of a shard. */
import type { StateCodec } from '../runtime/progress.ts'
import { FoldState, type SeenNumbers } from './fold-state.ts'
import { IntervalSet } from './interval-set.ts'
import type { DimensionValue } from './shapes/dimensions.ts'
import { shared } from './visit-values.ts'
import type { Visit } from './visits.ts'

/** Visits name their lists of values by their places in `lists`: a million visits have some thousand. */
type StateDocument = { v: 2; producers: unknown; loads: unknown; visits: unknown; lists: (readonly DimensionValue[])[] }

const intervals = {
  encode: (set: IntervalSet) => set.toJson(),
  decode: (json: unknown) => new IntervalSet(json as number[]),
}

const numbers = {
  encode: (seen: SeenNumbers) => (typeof seen === 'number' ? seen : seen.toJson()),
  decode: (json: unknown) => (typeof json === 'number' ? json : new IntervalSet(json as number[])),
}

/** Without names: with them, the text of some million visits would be longer than V8 allows. */
type VisitRow = [
  ...[startedAt: number, firstAt: number, lastAt: number, pageviews: number, bounced: number],
  ...[entryPage: string, exitPage: string, exitAt: number, values: number[], countedIn: number],
  ...[rateSince: number, rateEvents: number, isProgram: number, lastClick: Visit['lastClick'] | null],
]

function visitEncoder(lists: (readonly DimensionValue[])[]) {
  const places = new Map<readonly DimensionValue[], number>()
  const placeOf = (list: readonly DimensionValue[]) => {
    const place = places.get(list) ?? lists.push(list) - 1
    places.set(list, place)
    return place
  }
  return (visit: Visit): VisitRow => [
    visit.startedAt,
    visit.firstAt,
    visit.lastAt,
    visit.pageviews,
    Number(visit.bounced),
    visit.entryPage,
    visit.exitPage,
    visit.exitAt,
    visit.values.map(placeOf),
    visit.countedIn,
    visit.rateSince,
    visit.rateEvents,
    Number(visit.isProgram),
    visit.lastClick ?? null,
  ]
}

function visitDecoder(lists: readonly (readonly DimensionValue[])[]) {
  const sharedLists = lists.map(shared)
  return (json: unknown): Visit => {
    const [startedAt, firstAt, lastAt, pageviews, bounced, entryPage, exitPage, exitAt, values, ...rest] =
      json as VisitRow
    const [countedIn, rateSince, rateEvents, isProgram, lastClick] = rest
    return {
      startedAt,
      firstAt,
      lastAt,
      pageviews,
      bounced: bounced === 1,
      entryPage,
      exitPage,
      exitAt,
      values: values.map((place) => sharedLists[place] as readonly DimensionValue[]),
      countedIn,
      rateSince,
      rateEvents,
      isProgram: isProgram === 1,
      lastClick: lastClick ?? undefined,
    }
  }
}

export const foldStateCodec: StateCodec<FoldState> = {
  empty: () => new FoldState(),

  toJson(state) {
    const lists: (readonly DimensionValue[])[] = []
    const visits = state.visits.toJson(visitEncoder(lists))
    const producers = state.producers.toJson(intervals.encode)
    const loads = state.loads.toJson(numbers.encode)
    return { v: 2, producers, loads, visits, lists } satisfies StateDocument
  },

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
  if (document.v !== 2) throw new Error(`a fold state of format ${document.v}, this reader knows 2`)
  state.producers.absorb(document.producers, intervals.decode)
  state.loads.absorb(document.loads, numbers.decode)
  state.visits.absorb(document.visits, visitDecoder(document.lists))
}
