/**
 * Questions about facts (consumers/facts/shapes/fact-columns.ts) as SQL. Values come as parameters; what stands in the text
 * are names and numbers of ours.
 */
import { counts } from '../../consumers/aggregator/shapes/cell.ts'
import { type Dimension, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'
import { countColumn, isListed, selectFacts } from '../../consumers/facts/shapes/fact-columns.ts'
import type { Condition } from './conditions.ts'

export type Sql = { text: string; values: Readonly<Record<string, string>> }

/** Which facts; `from` and `to` are full hours, as cells have them. */
export type Selected = { files: readonly string[]; from: number; to: number; conditions: readonly Condition[] }

/** Facts with a `key` by which they are added up. @param facts as `factsSql` has them, or a table of the same */
export function byNothing({ text, values }: Sql): Sql {
  return { text: `SELECT '' AS key, * FROM (${text})`, values }
}

/** The key is the place of a bucket in `starts`: ascending, epoch milliseconds. */
export function byBucket({ text, values }: Sql, starts: readonly number[]): Sql {
  const rows = starts.map((start, i) => `('${i}', ${start})`).join(', ')
  const hour = `epoch_ms(date_trunc('hour', "time"))`
  return {
    text: `SELECT buckets.key, facts.* FROM (${text}) AS facts
      ASOF JOIN (VALUES ${rows}) AS buckets (key, start) ON ${hour} >= buckets.start`,
    values,
  }
}

export function byValue({ text, values }: Sql, dimension: Dimension): Sql {
  const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
  return { text: `SELECT * FROM (SELECT ${value} AS key, * FROM (${text})) WHERE key IS NOT NULL`, values }
}

const sums = counts.map((count) => `coalesce(sum(${countColumn(count)}), 0)::DOUBLE`)
const late = `coalesce(sum(events) FILTER (arrived > "time"::DATE), 0)::DOUBLE`

/**
 * A row for each key: itself, how many visitors, late events, then the counts in their order; most events first.
 *
 * @param dimension whose values the keys are
 */
export function figuresSql({ text, values }: Sql, limit: number, dimension?: Dimension): Sql {
  const tellsApart = dimension === undefined || tellsVisitorsApart(dimension)
  const visitors = tellsApart ? 'count(DISTINCT visitor)::INTEGER' : '0'
  return {
    text: `SELECT key, ${visitors}, ${[late, ...sums].join(', ')} FROM (${text})
      GROUP BY key ORDER BY coalesce(sum(events), 0) + coalesce(sum(visits), 0) DESC, key LIMIT ${limit}`,
    values,
  }
}

/** Keys with each of their visitors' hashes, for those keys that have too many to be told by how many they are. */
export function hashesSql({ text, values }: Sql, keys: readonly string[]): Sql {
  const names = keys.map((_, i) => `$key${i}`)
  return {
    text: `SELECT DISTINCT key, visitor FROM (${text}) WHERE visitor IS NOT NULL AND key IN (${names.join(', ')})`,
    values: { ...values, ...Object.fromEntries(keys.map((key, i) => [`key${i}`, key])) },
  }
}

/** One row: how many events there are of the period, whatever the conditions. */
export function eventsSql(selected: Selected): Sql {
  const { text, values } = factsSql({ ...selected, conditions: [] })
  return { text: `SELECT coalesce(sum(events), 0)::DOUBLE FROM (${text})`, values }
}

export function factsSql({ files, from, to, conditions }: Selected): Sql {
  const values: Record<string, string> = {}
  const tests = conditions.map((condition, i) => {
    values[`value${i}`] = condition.value
    return { condition, test: testOf(condition, `$value${i}`) }
  })
  const wanted = Map.groupBy(
    tests.filter(({ condition }) => !condition.negated),
    ({ condition }) => condition.dimension,
  )
  const all = [
    `"time" >= make_timestamp_ms(${from})`,
    `"time" < make_timestamp_ms(${to})`,
    ...[...wanted.values()].map((some) => `(${some.map(({ test }) => test).join(' OR ')})`),
    // What has no value is not it, either.
    ...tests.filter(({ condition }) => condition.negated).map(({ test }) => `NOT coalesce(${test}, false)`),
  ]
  return { text: `SELECT * FROM (${selectFacts(files)}) WHERE ${all.join(' AND ')}`, values }
}

function testOf({ dimension, by }: Condition, value: string): string {
  switch (by) {
    case 'is':
      return `"${dimension}" = ${value}`
    case 'contains':
      return `contains(lower("${dimension}"), lower(${value}))`
    case 'matches':
      return `regexp_matches("${dimension}", ${value})`
  }
}
