/**
 * What a file of facts holds: a row for each change that the fold made to the figures (consumers/aggregator/delta.ts),
 * with everything that the change counts under. The figures of any combination of values are the sums over the rows that
 * hold all of them (docs/decisions/0028-facts.md).
 *
 *     time      TIMESTAMP  when it counts: the event's time, or when its visit began
 *     arrived   DATE       UTC day of arrival
 *     visitor   INTEGER    32-bit hash; null: a change that says nothing of who was there
 *     pageviews …          INTEGER, a column for each count; null: 0
 *     page, country, …     VARCHAR, a column for each dimension; null: it has none. `property` is a list
 */
import { type Count, counts } from '../../aggregator/shapes/cell.ts'
import { type Dimension, dimensions } from '../../aggregator/shapes/dimensions.ts'

/** What one event may have several values of. */
export function isListed(dimension: Dimension): boolean {
  return dimension === 'property'
}

/** `visitMs` is `visit_ms`: SQL does not tell capitals apart. */
export function countColumn(count: Count): string {
  return count.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** For who writes SQL: names and types, in their order. */
export const factColumns: readonly (readonly [name: string, type: string])[] = [
  ['time', 'TIMESTAMP'],
  ['arrived', 'DATE'],
  ['visitor', 'INTEGER'],
  ...counts.map((count) => [countColumn(count), 'INTEGER'] as const),
  ...dimensions.map((dimension) => [dimension, isListed(dimension) ? 'VARCHAR[]' : 'VARCHAR'] as const),
]

/** Facts of these files; of none, no rows. */
export function selectFacts(files: readonly string[]): string {
  if (files.length > 0) return `SELECT * FROM read_parquet([${listTexts(files)}])`
  const nothing = factColumns.map(([name, type]) => `NULL::${type} AS "${name}"`).join(', ')
  return `SELECT ${nothing} WHERE false`
}

/** Texts as SQL has them in a list. */
export function listTexts(texts: readonly string[]): string {
  return texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')
}
