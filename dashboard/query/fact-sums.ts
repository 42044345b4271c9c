/**
 * What is added up of facts in columns of numbers (docs/decisions/0028-facts.md). Pure: who reads them out of files is
 * store/fact-blocks.ts.
 *
 * Facts are looked at once for all that is asked under the same conditions: a tally says how often each group of them came
 * (consumers/facts/shapes/fact-block.ts), and figures by a dimension are sums over groups, of which there are few.
 */
import { Tally } from '../../consumers/aggregator/shapes/cell.ts'
import type { CountedFigures } from '../../consumers/aggregator/shapes/to-report.ts'
import { VisitorSketch } from '../../consumers/aggregator/shapes/visitor-sketch.ts'
import {
  type FactBlock,
  type GroupedBy,
  groupedBy,
  kindCounts,
  kindWidth,
} from '../../consumers/facts/shapes/fact-block.ts'

const eventsPlace = kindCounts.indexOf('events')

export type Figures = CountedFigures & { lateEvents: number }

/** For each number whether facts of it count; undefined: all do. */
export type Passing = Readonly<Record<GroupedBy, Uint8Array | undefined>>

/** Of those that conditions let through: how often each group of them came. Where a group stands, all of its columns do. */
export type GroupTally = {
  groups: Uint32Array
  times: Uint32Array
  visitMs: Float64Array
  engagedMs: Float64Array
  meetings: Meetings
}
/** Of facts that say of whom they are visitor and number, without those that repeat both of the one before. */
export type Meetings = { who: Int32Array; numbers: Int32Array }
export type FactTally = Readonly<Record<GroupedBy, GroupTally>>

/** Looks at the facts of a block, some at a time. */
export class Tallying {
  readonly #block: FactBlock
  readonly #parts: readonly TallyPart[]
  readonly #selected: Uint32Array

  /** @param most facts at a time */
  constructor(block: FactBlock, passing: Passing, most: number) {
    this.#block = block
    this.#parts = groupedBy.map((name) => {
      const { groups, numbers } = block.parts[name]
      const passes = passing[name]
      return {
        ...{ groups, numbers, count: 0 },
        passes: passes && passingGroups(numbers, passes),
        times: new Uint32Array(numbers.length),
        visitMs: new Float64Array(numbers.length),
        engagedMs: new Float64Array(numbers.length),
        meetings: { who: new Int32Array(block.rows), numbers: new Int32Array(block.rows) },
      }
    })
    this.#selected = new Uint32Array(Math.min(most, block.rows))
  }

  add(from: number, to: number): void {
    const count = select(this.#parts, from, to, this.#selected)
    for (const part of this.#parts) tally(this.#block, part, this.#selected, count)
  }

  close(): FactTally {
    const [hours, lists, visits] = this.#parts.map(toTally) as [GroupTally, GroupTally, GroupTally]
    return { hours, lists, visits }
  }
}

/** By group, but for `groups` and `meetings`, which are by fact. */
type TallyPart = Omit<GroupTally, 'groups'> & {
  groups: Int32Array
  numbers: Int32Array
  passes: Uint8Array | undefined
  /** Of meetings. */
  count: number
}

/** Written out as the loops below: `from` with a function takes ten times as long. */
function passingGroups(numbers: Int32Array, passes: Uint8Array): Uint8Array {
  const ofGroups = new Uint8Array(numbers.length)
  for (let group = 0; group < numbers.length; group++) ofGroups[group] = passes[numbers[group] as number] as number
  return ofGroups
}

function toTally({
  times: ofGroups,
  visitMs: ofVisits,
  engagedMs: ofEngagement,
  meetings,
  count,
}: TallyPart): GroupTally {
  let some = 0
  for (let group = 0; group < ofGroups.length; group++) if (ofGroups[group] !== 0) some++
  const [groups, times] = [new Uint32Array(some), new Uint32Array(some)]
  const [visitMs, engagedMs] = [new Float64Array(some), new Float64Array(some)]
  let at = 0
  for (let group = 0; group < ofGroups.length; group++) {
    if (ofGroups[group] === 0) continue
    groups[at] = group
    times[at] = ofGroups[group] as number
    visitMs[at] = ofVisits[group] as number
    engagedMs[at] = ofEngagement[group] as number
    at++
  }
  const [who, numbers] = [meetings.who.slice(0, count), meetings.numbers.slice(0, count)]
  return { groups, times, visitMs, engagedMs, meetings: { who, numbers } }
}

/** @returns how many are in `selected` now */
function select(parts: readonly TallyPart[], from: number, to: number, selected: Uint32Array): number {
  let count = 0
  for (let row = from; row < to; row++) selected[count++] = row
  for (const { groups, passes } of parts) {
    if (!passes) continue
    let left = 0
    for (let i = 0; i < count; i++) {
      const row = selected[i] as number
      selected[left] = row
      left += passes[groups[row] as number] as number
    }
    count = left
  }
  return count
}

/** What an overview waits for is this loop: its arrays are variables of its own, which takes a tenth less than those of an object. */
function tally({ who, visitMs, engagedMs }: FactBlock, part: TallyPart, selected: Uint32Array, count: number): void {
  const { groups, numbers, times, visitMs: ofVisit, engagedMs: ofEngagement } = part
  const { who: metWho, numbers: metNumbers } = part.meetings
  let met = part.count
  let [lastWho, lastNumber] = met > 0 ? [metWho[met - 1] as number, metNumbers[met - 1] as number] : [-1, -1]
  for (let i = 0; i < count; i++) {
    const row = selected[i] as number
    const group = groups[row] as number
    times[group] = (times[group] as number) + 1
    const visit = visitMs[row] as number
    if (visit !== 0) ofVisit[group] = (ofVisit[group] as number) + visit
    const engagement = engagedMs[row] as number
    if (engagement !== 0) ofEngagement[group] = (ofEngagement[group] as number) + engagement
    const visitor = who[row] as number
    if (visitor < 0) continue
    const number = numbers[group] as number
    if (visitor === lastWho && number === lastNumber) continue
    lastWho = visitor
    lastNumber = number
    metWho[met] = visitor
    metNumbers[met++] = number
  }
  part.count = met
}

/** How many events facts between two hours are of, whatever they count under. */
export function eventsBetween({ firstHour, parts, kindTable }: FactBlock, fromHour: number, toHour: number): number {
  const { groups, numbers, kinds } = parts.hours
  const ofGroups = new Int32Array(numbers.length)
  for (let group = 0; group < ofGroups.length; group++) {
    const hour = firstHour + (numbers[group] as number)
    if (hour >= fromHour && hour < toHour)
      ofGroups[group] = kindTable[(kinds[group] as number) * kindWidth + eventsPlace] as number
  }
  let events = 0
  for (let row = 0; row < groups.length; row++) events += ofGroups[groups[row] as number] as number
  return events
}

/** By what facts are told apart: places of keys for the numbers of a part, as a dictionary has them. */
export type Keying = {
  part: GroupedBy
  keys: readonly string[]
  codes: Int32Array
  starts: Int32Array | undefined
  tellsVisitorsApart: boolean
}

/** Of sums: `kindWidth` counts, and both times. */
const width = kindWidth + 2

/** Sums by key, of block after block. */
export class FigureSums {
  readonly #byKey = new Map<string, { sums: Figures; visitors: VisitorSketch }>()

  /** All of a block's but for who was there. */
  addCounts({ parts, kindTable }: FactBlock, tallied: FactTally, keying: Keying): void {
    const { numbers, kinds } = parts[keying.part]
    const { groups, times, visitMs, engagedMs } = tallied[keying.part]
    const { keys, codes, starts } = keying
    const sums = new Float64Array(keys.length * width)
    const isThere = new Uint8Array(keys.length)
    const told = toldCounts(kindTable)
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i] as number
      const often = times[i] as number
      const number = numbers[group] as number
      const kind = kinds[group] as number
      const [firstTold, lastTold] = [told.starts[kind] as number, told.starts[kind + 1] as number]
      const end = starts ? (starts[number + 1] as number) : number + 1
      for (let at = starts ? (starts[number] as number) : number; at < end; at++) {
        const code = codes[at] as number
        if (code < 0) continue
        isThere[code] = 1
        const place = code * width
        for (let each = firstTold; each < lastTold; each++) {
          const count = place + (told.counts[each] as number)
          sums[count] = (sums[count] as number) + often * (told.values[each] as number)
        }
        sums[place + kindWidth] = (sums[place + kindWidth] as number) + (visitMs[i] as number)
        sums[place + kindWidth + 1] = (sums[place + kindWidth + 1] as number) + (engagedMs[i] as number)
      }
    }
    for (const [code, key] of keys.entries()) {
      if (isThere[code] === 0) continue
      const { sums: into } = this.#of(key)
      const place = code * width
      for (const [i, count] of kindCounts.entries()) into[count] += sums[place + i] as number
      into.lateEvents += sums[place + kindWidth - 1] as number
      into.visitMs += sums[place + kindWidth] as number
      into.engagedMs += sums[place + kindWidth + 1] as number
    }
  }

  /** Who was there, some of a tally's meetings at a time. */
  openVisitors({ hashes }: FactBlock, { keys, codes }: Keying): (meetings: Meetings, from: number, to: number) => void {
    /** Facts come by visitor: whoever the last one was not is new to the key on this day. */
    const last = new Int32Array(keys.length).fill(-1)
    const sketches: (VisitorSketch | undefined)[] = new Array(keys.length)
    const meet = (code: number, visitor: number) => {
      sketches[code] ??= this.#of(keys[code] as string).visitors
      sketches[code].add(hashes[visitor] as number)
    }
    return ({ who, numbers }, from, to) =>
      meetAll(who.subarray(from, to), numbers.subarray(from, to), codes, last, meet)
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
}

/** Which counts a kind has that are not 0: most have one or two of them. */
function toldCounts(kindTable: Int32Array): { starts: Uint32Array; counts: number[]; values: number[] } {
  const starts = new Uint32Array(kindTable.length / kindWidth + 1)
  const [counts, values]: [number[], number[]] = [[], []]
  for (const [at, value] of kindTable.entries()) {
    if (value === 0) continue
    counts.push(at % kindWidth)
    values.push(value)
    starts[Math.floor(at / kindWidth) + 1] = counts.length
  }
  for (let kind = 1; kind < starts.length; kind++) starts[kind] ||= starts[kind - 1] as number
  return { starts, counts, values }
}

function meetAll(
  who: Int32Array,
  numbers: Int32Array,
  codes: Int32Array,
  last: Int32Array,
  meet: (code: number, visitor: number) => void,
): void {
  for (let i = 0; i < who.length; i++) {
    const code = codes[numbers[i] as number] as number
    if (code < 0) continue
    const visitor = who[i] as number
    if (last[code] === visitor) continue
    last[code] = visitor
    meet(code, visitor)
  }
}

export function noFigures(): Figures {
  return { ...new Tally(), visitors: { count: 0 }, lateEvents: 0 }
}
