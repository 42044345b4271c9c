/** Figures under conditions, added up of facts in memory (query/fact-sums.ts). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { type Dimension, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'
import type { FactBlock } from '../../consumers/facts/shapes/fact-block.ts'
import { partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { tooSlow } from '../../consumers/facts/shapes/facts-error.ts'
import type { Comparison, Condition } from '../query/conditions.ts'
import { eventsBetween, type FactTally, FigureSums, type Figures, type Keying, Tallying } from '../query/fact-sums.ts'
import type { FactBlocks } from './fact-blocks.ts'

/** Which facts; `from` and `to` are full hours, as cells have them. */
export type Selected = { files: readonly string[]; from: number; to: number; conditions: readonly Condition[] }

/** What figures are told apart by: values of a dimension, or places of buckets in `starts`, ascending, epoch milliseconds. */
export type By = { dimension: Dimension } | { starts: readonly number[] } | 'nothing'

export type FactFigures = {
  /** @throws FactsError */
  figures(selected: Selected, by: By): Promise<ReadonlyMap<string, Figures>>
  /**
   * How many events there are of, under no conditions.
   *
   * @throws FactsError
   */
  events(selected: Omit<Selected, 'conditions'>): Promise<number>
}

/** Values that an answer tells apart, as those from cells do (query/merge.ts). */
const maxValues = 20_000
/** Of kept answers: figures of a value are some 200 bytes. */
const mostKeptFigures = 100_000
/** Facts in one go: a few milliseconds, before others have their turn. */
const rowsInOneGo = 1 << 17
const hourMs = 3_600_000
const bytesOfNumber = 8
/** Days that are read while one is added up: as many as threads decompress at a time, and some for the disk. */
const daysAhead = 4

/** A condition with all values that it names. */
type Test = { condition: Condition; named: ReadonlySet<string> }
type Ask = <T>(work: (database: FactsDatabase) => Promise<T>) => Promise<T>

export function createFactFigures(blocks: FactBlocks, ask: Ask, timeoutMs: number): FactFigures {
  const kept = new LRUCache<string, ReadonlyMap<string, Figures>>({
    maxSize: mostKeptFigures,
    sizeCalculation: (figures) => figures.size + 1,
  })
  const asking = new Map<string, Promise<ReadonlyMap<string, Figures>>>()

  /** Which values of all these days a condition names. */
  async function namedBy({ dimension, by, value }: Condition, files: readonly string[]): Promise<ReadonlySet<string>> {
    if (by === 'is') return new Set([value])
    const values = new Set<string>()
    for (const file of files) for (const each of (await blocks.dictionary(file, dimension)).values) values.add(each)
    const { rows } = await ask((database) => database.ask(matchingSql(by), { values: [...values], value }))
    return new Set(rows.map(([each]) => String(each)))
  }

  /** For each list, or visit, of a day whether conditions let it through; undefined: all of them. */
  async function passing(
    file: string,
    part: 'lists' | 'visits',
    tests: readonly Test[],
  ): Promise<Uint8Array | undefined> {
    const ofPart = tests.filter(({ condition }) => partOf(condition.dimension) === part)
    if (ofPart.length === 0) return undefined
    const { parts } = await blocks.block(file)
    const passes = new Uint8Array(parts[part].count).fill(1)
    for (const [dimension, some] of Map.groupBy(ofPart, ({ condition }) => condition.dimension)) {
      const { values, codes } = await blocks.dictionary(file, dimension)
      const wanted = some.filter(({ condition }) => !condition.negated)
      const unwanted = some.filter(({ condition }) => condition.negated)
      const isAmong = (value: string) =>
        (wanted.length === 0 || wanted.some(({ named }) => named.has(value))) &&
        !unwanted.some(({ named }) => named.has(value))
      const isGood = Uint8Array.from(values, (value) => Number(isAmong(value)))
      // What has no value is none that it is not to have, either.
      const withNone = Number(wanted.length === 0)
      for (let number = 0; number < passes.length; number++) {
        const code = codes[number] as number
        if ((code < 0 ? withNone : isGood[code]) === 0) passes[number] = 0
      }
    }
    return passes
  }

  /** What facts of a day count, for all that is asked under the same conditions. */
  function tallyOf(file: string, { from, to, conditions }: Selected, tests: readonly Test[]): Promise<FactTally> {
    return blocks.keep(`tally ${file} ${JSON.stringify([from, to, conditions])}`, async () => {
      const block = await blocks.block(file)
      const isIn = (hour: number) => hour >= Math.floor(from / hourMs) && hour < Math.floor(to / hourMs)
      const inHours = Uint8Array.from({ length: block.parts.hours.count }, (_, i) => Number(isIn(block.firstHour + i)))
      const passes = {
        hours: inHours.every((each) => each === 1) ? undefined : inHours,
        lists: await passing(file, 'lists', tests),
        visits: await passing(file, 'visits', tests),
      }
      const tallying = new Tallying(block, passes, rowsInOneGo)
      for (let at = 0; at < block.rows; at += rowsInOneGo) {
        tallying.add(at, Math.min(at + rowsInOneGo, block.rows))
        await nextTurn()
      }
      const value = tallying.close()
      return { value, bytes: bytesOf(value) }
    })
  }

  async function keyingOf(file: string, { firstHour, parts }: FactBlock, by: By): Promise<Keying> {
    const ofHours = (keys: readonly string[], codeOf: (at: number) => number): Keying => ({
      ...{ part: 'hours', keys, starts: undefined, tellsVisitorsApart: true },
      codes: Int32Array.from({ length: parts.hours.count }, (_, i) => codeOf((firstHour + i) * hourMs)),
    })
    if (by === 'nothing') return ofHours([''], () => 0)
    if ('starts' in by) {
      const keys = by.starts.map((_, i) => String(i))
      return ofHours(keys, (at) => by.starts.findLastIndex((start) => start <= at))
    }
    const { dimension } = by
    const { values: keys, codes, starts } = await blocks.dictionary(file, dimension)
    return { part: partOf(dimension), keys, codes, starts, tellsVisitorsApart: tellsVisitorsApart(dimension) }
  }

  async function addUp(selected: Selected, by: By): Promise<ReadonlyMap<string, Figures>> {
    const deadline = performance.now() + timeoutMs
    const { files, conditions } = selected
    const tests: Test[] = []
    for (const condition of conditions) tests.push({ condition, named: await namedBy(condition, files) })
    const sums = new FigureSums()
    const addFile = async (file: string) => {
      const block = await blocks.block(file)
      const tally = await tallyOf(file, selected, tests)
      const keying = await keyingOf(file, block, by)
      const { groups, meetings } = tally[keying.part]
      if (groups.length === 0) return
      sums.addCounts(block, tally, keying)
      const meet = keying.tellsVisitorsApart ? sums.openVisitors(block, keying) : undefined
      for (let at = 0; at === 0 || at < meetings.who.length; at += rowsInOneGo) {
        meet?.(meetings, at, at + rowsInOneGo)
        await nextTurn()
        if (performance.now() > deadline) throw tooSlow(timeoutMs)
      }
    }
    const needed = new Set([
      ...conditions.map(({ dimension }) => dimension),
      ...(isOfDimension(by) ? [by.dimension] : []),
    ])
    const readAhead = (file: string | undefined) => {
      if (file === undefined) return
      // Who waits for it is told when it fails.
      for (const read of [blocks.block(file), ...[...needed].map((each) => blocks.dictionary(file, each))])
        read.catch(() => {})
    }
    for (const file of files.slice(0, daysAhead)) readAhead(file)
    for (const [i, file] of files.entries()) {
      readAhead(files[i + daysAhead])
      await addFile(file)
    }
    return sums.figures(maxValues)
  }

  return {
    async events({ files, from, to }) {
      let sum = 0
      for (const file of files) {
        const { events } = await blocks.keep(`events ${file} ${from} ${to}`, async () => {
          const events = eventsBetween(await blocks.block(file), Math.floor(from / hourMs), Math.floor(to / hourMs))
          await nextTurn()
          return { value: { events }, bytes: bytesOfNumber }
        })
        sum += events
      }
      return sum
    },
    async figures(selected, by) {
      const name = JSON.stringify([selected, by])
      const known = kept.get(name) ?? asking.get(name)
      if (known) return known
      const answer = addUp(selected, by)
      asking.set(name, answer)
      try {
        const figures = await answer
        if (figures.size < mostKeptFigures / 10) kept.set(name, figures)
        return figures
      } finally {
        asking.delete(name)
      }
    },
  }
}

function bytesOf(tally: FactTally): number {
  const columns = Object.values(tally).flatMap(({ meetings, ...part }) => [
    ...Object.values(part),
    ...Object.values(meetings),
  ])
  return columns.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function isOfDimension(by: By): by is { dimension: Dimension } {
  return by !== 'nothing' && 'dimension' in by
}

/** Of `$values` those that contain `$value`, or match it. */
function matchingSql(by: Exclude<Comparison, 'is'>): string {
  const test = by === 'contains' ? 'contains(lower(each), lower($value))' : 'regexp_matches(each, $value)'
  return `SELECT each FROM (SELECT unnest($values) AS each) WHERE ${test}`
}
