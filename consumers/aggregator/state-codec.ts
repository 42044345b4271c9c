/** The fold's state as JSON, for snapshots and for the children of a shard. */
import type { StateCodec } from '../runtime/progress.ts'
import type { AgingMapJson } from './aging-map.ts'
import type { Values } from './dimension-value.ts'
import { FoldState, type SeenNumbers } from './fold-state.ts'
import { IntervalSet } from './interval-set.ts'
import { pageOf } from './page-values.ts'
import type { DimensionPair } from './shapes/dimensions.ts'
import { shared, sharedPair } from './shared-values.ts'
import { type StateDocumentV2, withGroups } from './state-codec-v2.ts'
import type { Visit } from './visits.ts'

/** Visits name their lists of values by their places in `lists`: a million visits have some thousand. */
export type StateDocument = {
  v: 3
  producers: AgingMapJson
  loads: AgingMapJson
  visits: AgingMapJson
  lists: ValuesJson[]
}

export type ValuesJson = readonly DimensionPair[]

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
  ...[entryPage: string, exitPage: string, exitAt: number, values: [number, number], countedIn: number],
  ...[rateSince: number, rateEvents: number, isProgram: number, lastClick: Visit['lastClick'] | null],
  /** Not in older snapshots. */
  ...[startedBy?: number],
]

function visitEncoder(lists: ValuesJson[]) {
  const places = new Map<Values, number>()
  const placeOf = (list: Values) => {
    const place = places.get(list) ?? lists.push(list.map(({ dimension, value }) => [dimension, value])) - 1
    places.set(list, place)
    return place
  }
  return (visit: Visit): VisitRow => [
    visit.startedAt,
    visit.firstAt,
    visit.lastAt,
    visit.pageviews,
    Number(visit.bounced),
    visit.entryPage.name,
    visit.exitPage.name,
    visit.exitAt,
    visit.values.lists.map(placeOf) as [number, number],
    visit.countedIn,
    visit.rateSince,
    visit.rateEvents,
    Number(visit.isProgram),
    visit.lastClick ?? null,
    visit.startedBy,
  ]
}

function visitDecoder(lists: readonly ValuesJson[]) {
  const sharedLists = lists.map(shared)
  const listAt = (place: number) => sharedLists[place] as Values
  return (json: unknown): Visit => {
    const [startedAt, firstAt, lastAt, pageviews, bounced, entryPage, exitPage, exitAt, values, ...rest] =
      json as VisitRow
    const [countedIn, rateSince, rateEvents, isProgram, lastClick, startedBy = 0] = rest
    return {
      startedAt,
      startedBy,
      firstAt,
      lastAt,
      pageviews,
      bounced: bounced === 1,
      entryPage: pageOf(entryPage),
      exitPage: pageOf(exitPage),
      exitAt,
      values: sharedPair(listAt(values[0]), listAt(values[1])),
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
    const lists: ValuesJson[] = []
    const visits = state.visits.toJson(visitEncoder(lists))
    const producers = state.producers.toJson(intervals.encode)
    const loads = state.loads.toJson(numbers.encode)
    return { v: 3, producers, loads, visits, lists } satisfies StateDocument
  },

  fromJson(json) {
    const state = new FoldState()
    absorb(state, json as StateDocument | StateDocumentV2)
    return state
  },

  merge(states) {
    const merged = new FoldState()
    for (const state of states) absorb(merged, foldStateCodec.toJson(state) as StateDocument)
    return merged
  },
}

function absorb(state: FoldState, saved: StateDocument | StateDocumentV2): void {
  const document = saved.v === 2 ? withGroups(saved) : saved
  if (document.v !== 3) throw new Error(`a fold state of format ${document.v}, this reader knows 2 and 3`)
  state.producers.absorb(document.producers, intervals.decode)
  state.loads.absorb(document.loads, numbers.decode)
  state.visits.absorb(document.visits, visitDecoder(document.lists))
}
