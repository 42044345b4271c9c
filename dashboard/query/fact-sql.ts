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
const isLarge = `(greatest(${columns.join(', ')}) > ${mostCount} OR least(${columns.join(', ')}) < ${leastCount})`
const isTold = '(visitor IS NOT NULL)::INTEGER'
const isLate = '(arrived > "time"::DATE)::INTEGER'
const packed = (some: readonly string[]) =>
  some.map((count, i) => `(${count} - ${leastCount}) * ${32 ** i}`).join(' + ')
const factsOf = (folder: string) => `read_parquet([${listTexts([pathOf(folder, 'facts')])}], file_row_number = true)`

/** By visitor: hour, visitor, list, visit, both milliseconds, whether the visitor is told and it is late, and two for `unpackCounts`. */
export function columnsSql(folder: string): string {
  const first = `CASE WHEN ${isLarge} THEN -1 - file_row_number ELSE ${packed(columns.slice(0, countsInFirst))} END`
  const second = `CASE WHEN ${isLarge} THEN 0 ELSE ${packed(columns.slice(countsInFirst))} END`
  return `SELECT (epoch_ms("time") // 3600000)::INTEGER, visitor, ${place('list')}, ${place('visit')}, visit_ms, engaged_ms,
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

/** A row for each value of a dimension: itself, and the numbers that have it. */
export function dictionarySql(folder: string, dimension: Dimension): string {
  const part = partOf(dimension)
  const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
  const number = place(part === 'lists' ? 'list' : 'visit')
  return `SELECT value, list(number) FROM (SELECT ${value} AS value, ${number} AS number FROM ${fromPart([folder], part)})
    WHERE value IS NOT NULL GROUP BY value`
}

/** Of `$values` those that contain `$value`, or match it. */
export function matchingSql(by: Exclude<Comparison, 'is'>): string {
  const test = by === 'contains' ? 'contains(lower(each), lower($value))' : 'regexp_matches(each, $value)'
  return `SELECT each FROM (SELECT unnest($values) AS each) WHERE ${test}`
}
