/**
 * Questions about facts (consumers/facts/shapes/fact-columns.ts) as SQL. Values come as parameters; what stands in the text
 * are names and numbers of ours.
 */
import { counts } from '../../consumers/aggregator/shapes/cell.ts'
import { type Dimension, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'
import { countColumn, fromPart, isListed, partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { Condition } from './conditions.ts'

export type Sql = { text: string; values: Readonly<Record<string, string>> }

/** Which facts; `from` and `to` are full hours, as cells have them. */
export type Selected = { files: readonly string[]; from: number; to: number; conditions: readonly Condition[] }

/** What stands after FROM for facts that conditions let through, by numbers, and for the values that these have. */
export type Source = { facts: string; lists: string; visits: string; values: Sql['values'] }

/** Facts with a `key` by which they are added up. */
export function byNothing({ facts, values }: Source): Sql {
  return { text: `SELECT '' AS key, * FROM ${facts}`, values }
}

/** The key is the place of a bucket in `starts`: ascending, epoch milliseconds. */
export function byBucket({ facts, values }: Source, starts: readonly number[]): Sql {
  const rows = starts.map((start, i) => `('${i}', ${start})`).join(', ')
  const hour = `epoch_ms(date_trunc('hour', "time"))`
  return {
    text: `SELECT buckets.key, facts.* FROM ${facts} AS facts
      ASOF JOIN (VALUES ${rows}) AS buckets (key, start) ON ${hour} >= buckets.start`,
    values,
  }
}

export function byValue(source: Source, dimension: Dimension): Sql {
  const part = partOf(dimension)
  const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
  const number = part === 'lists' ? 'list' : 'visit'
  return {
    text: `SELECT valued.key, facts.* FROM ${source.facts} AS facts
      JOIN (SELECT ${number}, ${value} AS key FROM ${source[part]} WHERE "${dimension}" IS NOT NULL) AS valued USING (${number})`,
    values: source.values,
  }
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

/** Facts that the conditions let through, by numbers: no values are read of what they do not name. */
export function factsSql({ files, from, to, conditions }: Selected): Sql {
  const values = Object.fromEntries(conditions.map(({ value }, i) => [`value${i}`, value]))
  const tests = conditions.map((condition, i) => ({ condition, test: testOf(condition, `$value${i}`) }))
  const among = (part: 'lists' | 'visits', number: string) => {
    const ofPart = tests.filter(({ condition }) => partOf(condition.dimension) === part)
    if (ofPart.length === 0) return ''
    const where = allOf(ofPart).join(' AND ')
    return `SEMI JOIN (SELECT ${number} FROM ${fromPart(files, part)} WHERE ${where}) AS ${part} USING (${number})`
  }
  return {
    text: `SELECT facts.* FROM ${fromPart(files, 'facts')} AS facts ${among('lists', 'list')} ${among('visits', 'visit')}
      WHERE "time" >= make_timestamp_ms(${from}) AND "time" < make_timestamp_ms(${to})`,
    values,
  }
}

/** Out of the files. */
export function sourceOf(selected: Selected): Source {
  const { text, values } = factsSql(selected)
  const { files } = selected
  return { facts: `(${text})`, lists: fromPart(files, 'lists'), visits: fromPart(files, 'visits'), values }
}

type Tested = { condition: Condition; test: string }

/** Of a dimension one of the values that it is to have, and none of those that it is not to have. */
function allOf(tests: readonly Tested[]): string[] {
  const wanted = Map.groupBy(
    tests.filter(({ condition }) => !condition.negated),
    ({ condition }) => condition.dimension,
  )
  return [
    ...[...wanted.values()].map((some) => `(${some.map(({ test }) => test).join(' OR ')})`),
    // What has no value is not it, either.
    ...tests.filter(({ condition }) => condition.negated).map(({ test }) => `NOT coalesce(${test}, false)`),
  ]
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
