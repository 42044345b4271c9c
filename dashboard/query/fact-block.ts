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
    const { kind, who, hashes, visitMs, engagedMs, kinds } = block
    const { column, offset, codes, starts, keys, tellsVisitorsApart } = keying
    const kindCount = kinds.length
    const seen = new Uint32Array(keys.length * kindCount)
    const visited = new Float64Array(keys.length)
    const engaged = new Float64Array(keys.length)
    // Rows come by visitor: whoever was not the last of a key is new to it on this day.
    const last = new Int32Array(keys.length).fill(-1)
    const sketches: (VisitorSketch | undefined)[] = new Array(keys.length)
    const add = (row: number, code: number) => {
      const place = code * kindCount + (kind[row] as number)
      seen[place] = (seen[place] as number) + 1
      const visit = visitMs[row] as number
      if (visit !== 0) visited[code] = (visited[code] as number) + visit
      const engagement = engagedMs[row] as number
      if (engagement !== 0) engaged[code] = (engaged[code] as number) + engagement
      const visitor = who[row] as number
      if (!tellsVisitorsApart || visitor < 0 || last[code] === visitor) return
      last[code] = visitor
      sketches[code] ??= this.#of(keys[code] as string).visitors
      sketches[code].add(hashes[visitor] as number)
    }
    return {
      add: (rows) => {
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i] as number
          const number = (column[row] as number) - offset
          if (starts) {
            const end = starts[number + 1] as number
            for (let at = starts[number] as number; at < end; at++) add(row, codes[at] as number)
          } else {
            const code = codes[number] as number
            if (code >= 0) add(row, code)
          }
        }
      },
      close: () => {
        for (let code = 0; code < keys.length; code++)
          this.#addKinds(keys[code] as string, kinds, seen.subarray(code * kindCount, (code + 1) * kindCount), {
            visitMs: visited[code] as number,
            engagedMs: engaged[code] as number,
          })
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

export function noFigures(): Figures {
  return { ...new Tally(), visitors: { count: 0 }, lateEvents: 0 }
}
