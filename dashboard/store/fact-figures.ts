/** Figures under conditions, added up of facts in memory (query/fact-block.ts). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { type Dimension, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'
import { partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { tooSlow } from '../../consumers/facts/shapes/facts-error.ts'
import type { Condition } from '../query/conditions.ts'
import {
  type Dictionary,
  type FactBlock,
  FigureSums,
  type Figures,
  type Keying,
  selectRows,
} from '../query/fact-block.ts'
import { matchingSql } from '../query/fact-sql.ts'
import type { FactBlocks } from './fact-blocks.ts'

/** Which facts; `from` and `to` are full hours, as cells have them. */
export type Selected = { files: readonly string[]; from: number; to: number; conditions: readonly Condition[] }

/** What figures are told apart by: values of a dimension, or places of buckets in `starts`, ascending, epoch milliseconds. */
export type By = { dimension: Dimension } | { starts: readonly number[] } | 'nothing'

export type FactFigures = {
  /** @throws FactsError */
  figures(selected: Selected, by: By): Promise<ReadonlyMap<string, Figures>>
}

/** Values that an answer tells apart, as those from cells do (query/merge.ts). */
const maxValues = 20_000
/** Of kept answers: figures of a value are some 200 bytes. */
const mostKeptFigures = 100_000
/** Rows in one go: a few milliseconds, before others have their turn. */
const rowsInOneGo = 1 << 17
const hourMs = 3_600_000
/** Days whose values are read together, of which all that a question needs fits into memory. */
const daysAtOnce = 8

/** A condition with all values that it names. */
type Test = { condition: Condition; named: ReadonlySet<string> }
type Passing = Uint8Array | undefined
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
    for (const group of groupsOf(files))
      for (const dictionary of await blocks.dictionaries(group, dimension))
        for (const each of dictionary.values) values.add(each)
    const { rows } = await ask((database) => database.ask(matchingSql(by), { values: [...values], value }))
    return new Set(rows.map(([each]) => String(each)))
  }

  /** For each list, or visit, of a day whether conditions let it through; undefined: all of them. */
  async function passing(file: string, part: 'lists' | 'visits', tests: readonly Test[]): Promise<Passing> {
    const ofPart = tests.filter(({ condition }) => partOf(condition.dimension) === part)
    if (ofPart.length === 0) return undefined
    const { numbers } = await blocks.block(file)
    const passes = new Uint8Array(numbers[part]).fill(1)
    for (const [dimension, some] of Map.groupBy(ofPart, ({ condition }) => condition.dimension)) {
      const [{ values, codes }] = (await blocks.dictionaries([file], dimension)) as [Dictionary]
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

  async function rowsOf(
    file: string,
    { from, to, conditions }: Selected,
    tests: readonly Test[],
  ): Promise<Uint32Array> {
    return blocks.keep(`rows ${file} ${JSON.stringify([from, to, conditions])}`, async () => {
      const [lists, visits] = [await passing(file, 'lists', tests), await passing(file, 'visits', tests)]
      const hours = { fromHour: Math.floor(from / hourMs), toHour: Math.floor(to / hourMs) }
      const value = selectRows(await blocks.block(file), hours, lists, visits)
      return { value, bytes: value.byteLength }
    })
  }

  async function keyingOf(file: string, block: FactBlock, by: By): Promise<Keying> {
    const { firstHour: offset, lastHour, hour } = block
    const ofHours = (keys: readonly string[], codeOf: (at: number) => number) => ({
      ...{ column: hour, offset, keys, starts: undefined, tellsVisitorsApart: true },
      codes: Int32Array.from({ length: lastHour - offset + 1 }, (_, i) => codeOf((offset + i) * hourMs)),
    })
    if (by === 'nothing') return ofHours([''], () => 0)
    if ('starts' in by) {
      const keys = by.starts.map((_, i) => String(i))
      return ofHours(keys, (at) => by.starts.findLastIndex((start) => start <= at))
    }
    const { dimension } = by
    const [{ values, codes, starts }] = (await blocks.dictionaries([file], dimension)) as [Dictionary]
    const column = partOf(dimension) === 'lists' ? block.list : block.visit
    return { column, offset: 0, keys: values, codes, starts, tellsVisitorsApart: tellsVisitorsApart(dimension) }
  }

  async function addUp(selected: Selected, by: By): Promise<ReadonlyMap<string, Figures>> {
    const deadline = performance.now() + timeoutMs
    const { files, conditions } = selected
    const tests: Test[] = []
    for (const condition of conditions) tests.push({ condition, named: await namedBy(condition, files) })
    const sums = new FigureSums()
    const addFile = async (file: string) => {
      const block = await blocks.block(file)
      const rows = await rowsOf(file, selected, tests)
      if (rows.length === 0) return
      const adding = sums.open(block, await keyingOf(file, block, by))
      for (let at = 0; at < rows.length; at += rowsInOneGo) {
        adding.add(rows.subarray(at, at + rowsInOneGo))
        await nextTurn()
        if (performance.now() > deadline) throw tooSlow(timeoutMs)
      }
      adding.close()
    }
    const needed = new Set([
      ...conditions.map(({ dimension }) => dimension),
      ...(isOfDimension(by) ? [by.dimension] : []),
    ])
    for (const group of groupsOf(files)) {
      for (const dimension of needed) await blocks.dictionaries(group, dimension)
      for (const file of group) await addFile(file)
    }
    return sums.figures(maxValues)
  }

  return {
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

function isOfDimension(by: By): by is { dimension: Dimension } {
  return by !== 'nothing' && 'dimension' in by
}

function groupsOf(files: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(files.length / daysAtOnce) }, (_, i) =>
    files.slice(i * daysAtOnce, (i + 1) * daysAtOnce),
  )
}
