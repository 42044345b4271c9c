/**
 * What is read out of files of facts (consumers/facts/shapes/fact-columns.ts), as SQL. Values come as parameters; what stands
 * in the text are names and numbers of ours.
 */
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import {
  countColumn,
  fromPart,
  isListed,
  listTexts,
  numbersOfDay,
  partOf,
  pathOf,
} from '../../consumers/facts/shapes/fact-columns.ts'
import type { Comparison } from './conditions.ts'
import { kindCounts } from './fact-block.ts'

const place = (number: string) => `(${number} % ${numbersOfDay} - 1)::INTEGER`

/** Counts are put together, five bits each, where all of a fact are from -16 to 15, as they nearly always are. */
const leastCount = -16
const mostCount = 15
const countsInFirst = 6

const columns = kindCounts.map((count) => `coalesce(${countColumn(count)}, 0)`)
const isLarge = `(${columns.map((count) => `${count} NOT BETWEEN ${leastCount} AND ${mostCount}`).join(' OR ')})`
const isTold = '(visitor IS NOT NULL)::INTEGER'
const isLate = '(arrived > "time"::DATE)::INTEGER'
const packed = (some: readonly string[]) =>
  some.map((count, i) => `(${count} - ${leastCount}) * ${32 ** i}`).join(' + ')
const factsOf = (folder: string) => `read_parquet([${listTexts([pathOf(folder, 'facts')])}], file_row_number = true)`

/** By visitor: hour, visitor, list, visit, both milliseconds, whether the visitor is told and it is late, and two for `unpackCounts`. */
export function columnsSql(folder: string): string {
  const first = `CASE WHEN ${isLarge} THEN -1 - file_row_number ELSE ${packed(columns.slice(0, countsInFirst))} END`
  const second = `CASE WHEN ${isLarge} THEN 0 ELSE ${packed(columns.slice(countsInFirst))} END`
  return `SELECT (epoch_ms("time") // 3600000)::INTEGER, coalesce(visitor, 0), ${place('list')}, ${place('visit')},
      coalesce(visit_ms, 0), coalesce(engaged_ms, 0),
      ${isTold} + 2 * ${isLate}, (${first})::INTEGER, (${second})::INTEGER
    FROM ${factsOf(folder)} ORDER BY visitor`
}

/** @returns each count; or the number of a row of `largeSql` that has them */
export function unpackCounts(first: number, second: number): number[] | number {
  if (first < 0) return -1 - first
  return columns.map((_, i) => {
    const bits = i < countsInFirst ? first >> (5 * i) : second >> (5 * (i - countsInFirst))
    return (bits & 31) + leastCount
  })
}

/** Counts that `columnsSql` has no room for: number of the row, and each count. */
export function largeSql(folder: string): string {
  return `SELECT file_row_number::INTEGER, ${columns.join(', ')} FROM ${factsOf(folder)} WHERE ${isLarge}`
}

/** Place of the folder and each value of a dimension there, in order: the place of a value among those of its folder is its code. */
export function valuesSql(folders: readonly string[], dimension: Dimension): string {
  return `SELECT DISTINCT folder, value FROM (${valuedOf(folders, dimension)}) ORDER BY folder, value`
}

/** Place of the folder, number and code of each list, or visit, that has a value. */
export function codesSql(folders: readonly string[], dimension: Dimension): string {
  const code = '(row_number() OVER (PARTITION BY folder ORDER BY value) - 1)::INTEGER AS code'
  return `SELECT folder, number, code FROM (${valuedOf(folders, dimension)})
    JOIN (SELECT folder, value, ${code} FROM (${valuesSql(folders, dimension)})) USING (folder, value)`
}

function valuedOf(folders: readonly string[], dimension: Dimension): string {
  const part = partOf(dimension)
  const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
  const number = place(part === 'lists' ? 'list' : 'visit')
  const each = folders.map(
    (folder, i) =>
      `SELECT ${i}::INTEGER AS folder, ${value} AS value, ${number} AS number FROM ${fromPart([folder], part)}`,
  )
  return `SELECT * FROM (${each.join(' UNION ALL ')}) WHERE value IS NOT NULL`
}

/** Of `$values` those that contain `$value`, or match it. */
export function matchingSql(by: Exclude<Comparison, 'is'>): string {
  const test = by === 'contains' ? 'contains(lower(each), lower($value))' : 'regexp_matches(each, $value)'
  return `SELECT each FROM (SELECT unnest($values) AS each) WHERE ${test}`
}
