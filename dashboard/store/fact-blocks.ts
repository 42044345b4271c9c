/**
 * Facts in memory, a day of arrival at a time: their numbers, and of the dimensions that were asked for the values. Reading
 * them out of files takes longer than all that is counted of them afterwards (docs/measurements.md).
 */
import { LRUCache } from 'lru-cache'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { isListed, partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { FactsError } from '../../consumers/facts/shapes/facts-error.ts'
import { type Dictionary, type FactBlock, kindCounts } from '../query/fact-block.ts'
import { codesSql, columnsSql, largeSql, unpackCounts, valuesSql } from '../query/fact-sql.ts'

export type FactBlocks = {
  /** @param folder of a day; files never change under their names */
  block(folder: string): Promise<FactBlock>
  /** One for each folder. */
  dictionaries(folders: readonly string[], dimension: Dimension): Promise<Dictionary[]>
  /** What was made once and may be made again. */
  keep<T extends object>(name: string, make: () => Promise<{ value: T; bytes: number }>): Promise<T>
}

type Column = Int32Array
type NumberColumns = [Column, Column, Column, Column, Column, Column, Column, Column, Column]

const events = kindCounts.indexOf('events')

/** Of `FactBlock`: six columns of four bytes, and one of two. */
const bytesOfRow = 26
/** What a text takes besides its letters. */
const bytesOfText = 40
const keptMs = 3_600_000
/** As many as two bytes tell apart. */
const mostKinds = 65_535

/** @param ask lets work at the database wait for its turn */
export function createFactBlocks(
  ask: <T>(work: (database: FactsDatabase) => Promise<T>) => Promise<T>,
  maxBytes: number,
): FactBlocks {
  const kept = new LRUCache<string, { value: object; bytes: number }>({
    maxSize: maxBytes,
    // What is erased is not kept here for longer than that.
    ttl: keptMs,
    ttlAutopurge: true,
    sizeCalculation: ({ bytes }) => bytes + 200,
  })
  const making = new Map<string, Promise<object>>()

  async function keep<T extends object>(name: string, make: () => Promise<{ value: T; bytes: number }>): Promise<T> {
    const known = kept.get(name)?.value ?? making.get(name)
    if (known) return known as T | Promise<T>
    const made = make().then((entry) => {
      kept.set(name, entry)
      return entry.value
    })
    making.set(name, made)
    try {
      return await made
    } finally {
      making.delete(name)
    }
  }

  const blockOf = (folder: string) =>
    keep(`block ${folder}`, async () => {
      const columns = await ask((database) => database.numbers(columnsSql(folder)))
      return toBlock(columns as NumberColumns, () => ask((database) => database.numbers(largeSql(folder))))
    })

  type Made = { value: Dictionary; bytes: number }
  async function readDictionaries(folders: readonly string[], dimension: Dimension): Promise<Made[]> {
    const blocks = await Promise.all(folders.map(blockOf))
    const [{ rows }, [ofFolder, numbers, codes]] = await Promise.all([
      ask((database) => database.ask(valuesSql(folders, dimension))),
      ask((database) => database.numbers(codesSql(folders, dimension))) as Promise<[Column, Column, Column]>,
    ])
    const values: string[][] = folders.map(() => [])
    for (const [folder, value] of rows) values[folder as number]?.push(String(value))
    return byFolder(folders.length, ofFolder, numbers, codes).map(([here, codesHere], i) =>
      toDictionary(
        values[i] as string[],
        here,
        codesHere,
        (blocks[i] as FactBlock).numbers[partOf(dimension)],
        isListed(dimension),
      ),
    )
  }

  return {
    block: blockOf,
    dictionaries(folders, dimension) {
      const nameOf = (folder: string) => `${dimension} ${folder}`
      const missing = folders.filter((folder) => !kept.has(nameOf(folder)) && !making.has(nameOf(folder)))
      // Together: what a question to DuckDB takes by itself is more than what a day of a small site does.
      const read = missing.length > 0 ? readDictionaries(missing, dimension) : Promise.resolve([])
      return Promise.all(
        folders.map((folder) =>
          keep(nameOf(folder), async () => {
            const made = (await read)[missing.indexOf(folder)]
            return made ?? ((await readDictionaries([folder], dimension))[0] as Made)
          }),
        ),
      )
    },
    keep,
  }
}

/**
 * @param columns as `columnsSql` names them
 * @param large asks for counts that have no room there
 */
async function toBlock(
  [hour, visitor, list, visit, visitMs, engagedMs, flags, first, second]: NumberColumns,
  large: () => Promise<readonly Int32Array[]>,
): Promise<{ value: FactBlock; bytes: number }> {
  const rows = hour.length
  const who = new Int32Array(rows)
  const found: number[] = []
  for (let row = 0; row < rows; row++) {
    if (((flags[row] as number) & 1) === 0) who[row] = -1
    else {
      if (found.length === 0 || found[found.length - 1] !== visitor[row]) found.push(visitor[row] as number)
      who[row] = found.length - 1
    }
  }
  const hashes = Int32Array.from(found)
  const numbers = { lists: 1 + rangeOf(list).most, visits: 1 + rangeOf(visit).most }
  const { least: firstHour, most: lastHour } = rangeOf(hour)
  const columns = { hour, firstHour, lastHour, who, hashes, list, visit, numbers, visitMs, engagedMs }
  const value = { rows, ...columns, ...(await toKinds(flags, first, second, large)) }
  return { value, bytes: rows * bytesOfRow + hashes.byteLength }
}

/** Which counts come together: few do, and most facts are alike. */
async function toKinds(
  flags: Int32Array,
  first: Int32Array,
  second: Int32Array,
  large: () => Promise<readonly Int32Array[]>,
): Promise<Pick<FactBlock, 'kind' | 'kinds'>> {
  const ofRows = rangeOf(first).least < 0 ? byNumber(await large()) : new Map<number, number[]>()
  const kind = new Uint16Array(flags.length)
  const kinds: Int32Array[] = []
  const known = new Map<number, number>()
  for (let row = 0; row < kind.length; row++) {
    const isLate = (flags[row] as number) > 1
    const name = ((first[row] as number) * 2 ** 16 + (second[row] as number)) * 2 + Number(isLate)
    let number = known.get(name)
    if (number === undefined) {
      number = kinds.length
      if (number > mostKinds) throw new FactsError('too_large', 'Facts of a day differ too much from each other.')
      const unpacked = unpackCounts(first[row] as number, second[row] as number)
      const counts = typeof unpacked === 'number' ? (ofRows.get(unpacked) as number[]) : unpacked
      kinds.push(Int32Array.from([...counts, isLate ? (counts[events] as number) : 0]))
      known.set(name, number)
    }
    kind[row] = number
  }
  return { kind, kinds }
}

/** @param columns as `largeSql` names them */
function byNumber([rows = new Int32Array(), ...counts]: readonly Int32Array[]): Map<number, number[]> {
  return new Map([...rows].map((number, i) => [number, counts.map((each) => each[i] as number)]))
}

/** Two columns, those of each folder apart. */
function byFolder(folders: number, ofFolder: Column, one: Column, other: Column): [Column, Column][] {
  const rows = new Int32Array(folders)
  for (let i = 0; i < ofFolder.length; i++) rows[ofFolder[i] as number] = (rows[ofFolder[i] as number] as number) + 1
  const parts = Array.from(rows, (count): [Column, Column] => [new Int32Array(count), new Int32Array(count)])
  rows.fill(0)
  for (let i = 0; i < ofFolder.length; i++) {
    const folder = ofFolder[i] as number
    const [first, second] = parts[folder] as [Column, Column]
    const at = rows[folder] as number
    first[at] = one[i] as number
    second[at] = other[i] as number
    rows[folder] = at + 1
  }
  return parts
}

/**
 * @param numbered with `ofNumbered`: each number with the place of a value that it has
 * @param count how many numbers there are
 */
function toDictionary(
  values: readonly string[],
  numbered: Int32Array,
  ofNumbered: Int32Array,
  count: number,
  isSeveral: boolean,
): { value: Dictionary; bytes: number } {
  const textBytes = values.reduce((sum, value) => sum + 2 * value.length + bytesOfText, 0)
  if (!isSeveral) {
    const codes = new Int32Array(count).fill(-1)
    for (let i = 0; i < numbered.length; i++) codes[numbered[i] as number] = ofNumbered[i] as number
    return { value: { values, codes, starts: undefined }, bytes: textBytes + codes.byteLength }
  }
  const starts = new Int32Array(count + 1)
  for (const number of numbered) starts[number + 1] = (starts[number + 1] as number) + 1
  for (let number = 0; number < count; number++)
    starts[number + 1] = (starts[number + 1] as number) + (starts[number] as number)
  const codes = new Int32Array(numbered.length)
  const next = starts.slice()
  for (let i = 0; i < numbered.length; i++) {
    const number = numbered[i] as number
    codes[next[number] as number] = ofNumbered[i] as number
    next[number] = (next[number] as number) + 1
  }
  return { value: { values, codes, starts }, bytes: textBytes + codes.byteLength + starts.byteLength }
}

function rangeOf(numbers: Int32Array): { least: number; most: number } {
  let [least, most] = [0, -1]
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number
    if (i === 0 || number < least) least = number
    if (i === 0 || number > most) most = number
  }
  return { least, most }
}
