/**
 * What facts hold: a row for each change that the fold made to the figures (consumers/aggregator/delta.ts), with everything
 * that the change counts under. The figures of any combination of values are the sums over the rows that hold all of them
 * (docs/decisions/0028-facts.md).
 *
 *     time      TIMESTAMP  when it counts: the event's time, or when its visit began
 *     arrived   DATE       UTC day of arrival
 *     visitor   INTEGER    32-bit hash; null: a change that says nothing of who was there
 *     visit_id  BIGINT     which visit it is of, in the order in which they began; null: of none
 *     pageviews …          INTEGER, a column for each count; null: 0
 *     page, country, …     VARCHAR, a column for each dimension; null: it has none. `property` is a list
 *
 * On disk those of a day are three Parquet files in a folder: many facts share their values, and a number is read and
 * compared faster than a dozen texts. Numbers are of the day and are never null.
 *
 *     facts.parquet    time, arrived, visitor, visit_id, list BIGINT, visit BIGINT, and the counts
 *     lists.parquet    list, and the dimensions of an event
 *     visits.parquet   visit, and the dimensions of a visit
 *     block.bin        the same once more, as a dashboard has it in memory (block-file.ts)
 */
import { join } from 'node:path'
import { type Count, counts } from '../../aggregator/shapes/cell.ts'
import { type Dimension, dimensions, visitDimensions } from '../../aggregator/shapes/dimensions.ts'

type Column = readonly [name: string, type: string]
export type FactPart = 'facts' | 'lists' | 'visits'

/** What one event may have several values of. */
export function isListed(dimension: Dimension): boolean {
  return dimension === 'property'
}

/** `visitMs` is `visit_ms`: SQL does not tell capitals apart. */
export function countColumn(count: Count): string {
  return count.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const ofVisit: ReadonlySet<Dimension> = new Set(visitDimensions)

/** Where the values of a dimension are. */
export function partOf(dimension: Dimension): 'lists' | 'visits' {
  return ofVisit.has(dimension) ? 'visits' : 'lists'
}

export function dimensionsOf(part: 'lists' | 'visits'): Dimension[] {
  return dimensions.filter((dimension) => partOf(dimension) === part)
}

const valueColumn = (dimension: Dimension): Column => [dimension, isListed(dimension) ? 'VARCHAR[]' : 'VARCHAR']
const common: readonly Column[] = [
  ['time', 'TIMESTAMP'],
  ['arrived', 'DATE'],
  ['visitor', 'INTEGER'],
  ['visit_id', 'BIGINT'],
]
const sums = counts.map((count): Column => [countColumn(count), 'INTEGER'])

/** For who writes SQL: names and types, in their order. */
export const factColumns: readonly Column[] = [...common, ...sums, ...dimensions.map(valueColumn)]

const columnsOf: Readonly<Record<FactPart, readonly Column[]>> = {
  facts: [...common, ['list', 'BIGINT'], ['visit', 'BIGINT'], ...sums],
  lists: [['list', 'BIGINT'], ...dimensionsOf('lists').map(valueColumn)],
  visits: [['visit', 'BIGINT'], ...dimensionsOf('visits').map(valueColumn)],
}

/** Numbers of a day are this times the days since the epoch, and 1 and more: no other day's are the same. */
export const numbersOfDay = 2 ** 32

/** Of the visitor's hash 20 bits: of visits that begin in the same millisecond one in a million is taken for another. */
const names = 2 ** 20

/**
 * A visit's name in SQL, the same in the facts of whichever day: by when it began, and the visitor then.
 *
 * @param began SQL of epoch milliseconds
 * @param visitor SQL of a hash
 */
export function visitId(began: string, visitor: string): string {
  return `(${began})::BIGINT * ${names} + ((${visitor}) & ${names - 1})`
}

/** When a visit began, in SQL: epoch milliseconds. */
export function visitBegan(id: string): string {
  return `(${id} // ${names})`
}

/** @param folder of a day's facts */
export function pathOf(folder: string, part: FactPart): string {
  return join(folder, `${part}.parquet`)
}

export function pathsOf(folder: string): string[] {
  return [pathOf(folder, 'facts'), pathOf(folder, 'lists'), pathOf(folder, 'visits')]
}

/** What stands after FROM for one part of these days; of none it has no rows. */
export function fromPart(folders: readonly string[], part: FactPart): string {
  if (folders.length > 0) return `read_parquet([${listTexts(folders.map((folder) => pathOf(folder, part)))}])`
  return `(SELECT ${columnsOf[part].map(([name, type]) => `NULL::${type} AS "${name}"`).join(', ')} WHERE false)`
}

/** Facts of these days with all their columns. */
export function selectFacts(folders: readonly string[]): string {
  const [facts, lists, visits] = (['facts', 'lists', 'visits'] as const).map((part) => fromPart(folders, part))
  return `SELECT ${factColumns.map(([name]) => `"${name}"`).join(', ')}
    FROM ${facts} JOIN ${lists} USING (list) JOIN ${visits} USING (visit)`
}

/** Texts as SQL has them in a list. */
export function listTexts(texts: readonly string[]): string {
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')
}
