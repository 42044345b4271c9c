/**
 * Facts of one day of arrival in columns of numbers, and what is added up of them (docs/decisions/0028-facts.md). Pure: who reads
 * them out of files is store/fact-blocks.ts.
 */
import { counts, Tally } from '../../consumers/aggregator/shapes/cell.ts'
import type { CountedFigures } from '../../consumers/aggregator/shapes/to-report.ts'
import { VisitorSketch } from '../../consumers/aggregator/shapes/visitor-sketch.ts'

export type Figures = CountedFigures & { lateEvents: number }

/** What a fact adds but for milliseconds: a day has a few dozen of these, and a fact names one by its number. */
export const kindCounts = counts.filter((count) => count !== 'visitMs' && count !== 'engagedMs')

/** A row is the same place in each column. Rows are in the order of their visitors. */
export type FactBlock = {
  rows: number
  /** Since the epoch. */
  hour: Int32Array
  firstHour: number
  lastHour: number
  /** Number of the visitor in `hashes`; -1: nothing is said of who was there. */
  who: Int32Array
  hashes: Int32Array
  /** Numbers of what the event and its visit count under, from 0 up to, and without, these. */
  list: Int32Array
  visit: Int32Array
  numbers: { lists: number; visits: number }
  kind: Uint16Array
  /** By kind: `kindCounts`, and late events. */
  kinds: readonly Int32Array[]
  visitMs: Int32Array
  engagedMs: Int32Array
}

/**
 * Values of a dimension on that day, each once.
 *
 *     codes[number]                               place of the value; -1: it has none
 *     codes[starts[number] … starts[number + 1]]  where there may be several
 */
export type Dictionary = { values: readonly string[]; codes: Int32Array; starts: Int32Array | undefined }

/** By what facts are told apart: place of a key for each number of a column, less `offset`. */
export type Keying = {
  column: Int32Array
  offset: number
  keys: readonly string[]
  codes: Int32Array
  starts: Int32Array | undefined
  tellsVisitorsApart: boolean
}

/** Facts between two hours of which lists and visits are among these; undefined: all are. */
export function selectRows(
  block: FactBlock,
  { fromHour, toHour }: { fromHour: number; toHour: number },
  lists: Uint8Array | undefined,
  visits: Uint8Array | undefined,
): Uint32Array {
  const { rows, hour, list, visit } = block
  const selected = new Uint32Array(rows)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const at = hour[row] as number
    if (at < fromHour || at >= toHour) continue
    if (lists && lists[list[row] as number] === 0) continue
    if (visits && visits[visit[row] as number] === 0) continue
    selected[count++] = row
  }
  return selected.slice(0, count)
}

const countsOfKind = kindCounts.length + 1

/** Sums by key, of block after block. */
export class FigureSums {
  readonly #byKey = new Map<string, { sums: Figures; visitors: VisitorSketch }>()

  /** One block's, some rows at a time. */
  open(block: FactBlock, keying: Keying): { add(rows: Uint32Array): void; close(): void } {
    const { keys } = keying
    const { kinds, hashes } = block
    const sketches: (VisitorSketch | undefined)[] = new Array(keys.length)
    const part: Part = {
      seen: new Uint32Array(keys.length * kinds.length),
      visitMs: new Float64Array(keys.length),
      engagedMs: new Float64Array(keys.length),
      last: new Int32Array(keys.length).fill(-1),
      meet: (code, visitor) => {
        sketches[code] ??= this.#of(keys[code] as string).visitors
        sketches[code].add(hashes[visitor] as number)
      },
    }
    return {
      add: (rows) => addRows(block, keying, part, rows),
      close: () => {
        for (let code = 0; code < keys.length; code++)
          this.#addKinds(
            keys[code] as string,
            kinds,
            part.seen.subarray(code * kinds.length, (code + 1) * kinds.length),
            {
              visitMs: part.visitMs[code] as number,
              engagedMs: part.engagedMs[code] as number,
            },
          )
      },
    }
  }

  /** Most events and visits first, then by key: no more than so many. */
  figures(most: number): Map<string, Figures> {
    const all = [...this.#byKey].map(([key, { sums, visitors }]) => {
      // How many there were is all that is asked of a sketch from here on.
      return [key, { ...sums, visitors: { count: visitors.count } }] as const
    })
    if (all.length <= most) return new Map(all)
    const weight = ({ events, visits }: Figures) => events + visits
    all.sort(([a, one], [b, other]) => weight(other) - weight(one) || (a < b ? -1 : 1))
    return new Map(all.slice(0, most))
  }

  #of(key: string): { sums: Figures; visitors: VisitorSketch } {
    const known = this.#byKey.get(key)
    if (known) return known
    const made = { sums: noFigures(), visitors: new VisitorSketch() }
    this.#byKey.set(key, made)
    return made
  }

  #addKinds(
    key: string,
    kinds: FactBlock['kinds'],
    seen: Uint32Array,
    { visitMs, engagedMs }: { visitMs: number; engagedMs: number },
  ): void {
    if (seen.every((times) => times === 0)) return
    const { sums } = this.#of(key)
    sums.visitMs += visitMs
    sums.engagedMs += engagedMs
    for (const [kind, values] of kinds.entries()) {
      const times = seen[kind] as number
      if (times === 0) continue
      for (const [i, count] of kindCounts.entries()) sums[count] += times * (values[i] as number)
      sums.lateEvents += times * (values[countsOfKind - 1] as number)
    }
  }
}

/** Of one block, by code. */
type Part = {
  /** How often each kind came. */
  seen: Uint32Array
  visitMs: Float64Array
  engagedMs: Float64Array
  /** The visitor of the last row: rows come by visitor, so whoever that was not is new to the key on this day. */
  last: Int32Array
  meet(code: number, visitor: number): void
}

/** What an overview waits for is this loop: its arrays are variables of its own, which takes a tenth less than those of a closure. */
function addRows(
  { kind, kinds: { length: kindCount }, who, visitMs: ofVisit, engagedMs: ofEngagement }: FactBlock,
  { column, offset, codes, starts, tellsVisitorsApart }: Keying,
  { seen, visitMs, engagedMs, last, meet }: Part,
  rows: Uint32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const number = (column[row] as number) - offset
    const end = starts ? (starts[number + 1] as number) : number + 1
    for (let at = starts ? (starts[number] as number) : number; at < end; at++) {
      const code = codes[at] as number
      if (code < 0) continue
      const place = code * kindCount + (kind[row] as number)
      seen[place] = (seen[place] as number) + 1
      const visit = ofVisit[row] as number
      if (visit !== 0) visitMs[code] = (visitMs[code] as number) + visit
      const engagement = ofEngagement[row] as number
      if (engagement !== 0) engagedMs[code] = (engagedMs[code] as number) + engagement
      if (!tellsVisitorsApart) continue
      const visitor = who[row] as number
      if (visitor < 0 || last[code] === visitor) continue
      last[code] = visitor
      meet(code, visitor)
    }
  }
}

export function noFigures(): Figures {
  return { ...new Tally(), visitors: { count: 0 }, lateEvents: 0 }
}
