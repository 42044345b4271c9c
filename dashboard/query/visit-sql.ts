/**
 * Visits as SQL over facts: which of them count, and when something in them did what a step says. The parts are named
 * queries (WITH): `began` are the visits, `hits` what happened in them.
 */
import { fromPart, partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { Condition } from './conditions.ts'
import type { Step } from './steps.ts'

export type Sql = { text: string; values: Readonly<Record<string, string>> }

/** What stands after FROM for facts of a period, for the values that these have; and what has to hold in a visit. */
export type Visits = {
  facts: string
  lists: string
  visits: string
  values: Sql['values']
  within: readonly Condition[]
}

/**
 * @param period full hours, as cells have them
 * @param conditions those that all facts of a visit have in common choose facts; of the others each has to hold for
 *   something in the visit
 */
export function visitsOf(
  files: readonly string[],
  { from, to }: { from: number; to: number },
  conditions: readonly Condition[],
): Visits {
  const isOfVisit = ({ dimension }: Condition) => partOf(dimension) === 'visits'
  const ofVisit = conditions.filter(isOfVisit)
  const { tests, values } = testsOf(ofVisit, 'value')
  const visits = fromPart(files, 'visits')
  const among = `SEMI JOIN (SELECT visit FROM ${visits} WHERE ${tests.join(' AND ')}) AS chosen USING (visit)`
  return {
    facts: `(SELECT facts.* FROM ${fromPart(files, 'facts')} AS facts ${tests.length > 0 ? among : ''}
      WHERE "time" >= make_timestamp_ms(${from}) AND "time" < make_timestamp_ms(${to}))`,
    lists: fromPart(files, 'lists'),
    visits,
    values,
    within: conditions.filter((condition) => !isOfVisit(condition)),
  }
}

/**
 * `began (visit_id, visit)`: those that began in the period, each once. Something in it has to be what a condition asks
 * for, of several on one dimension one; and nothing in it what it asks not to be.
 */
export function beganSql({ facts, lists, values, within }: Visits): Sql {
  const begun = `SELECT visit_id, any_value(visit) AS visit FROM ${facts} WHERE visits > 0 GROUP BY visit_id`
  if (within.length === 0) return { text: `began AS MATERIALIZED (${begun})`, values }
  const { wanted, unwanted } = groupsOf(within, 'within')
  const groups = [...wanted, ...unwanted]
  const columns = groups.map((test, i) => `${test} AS test${i}`)
  const having = groups.map((_, i) => `${i < wanted.length ? '' : 'NOT '}coalesce(bool_or(test${i}), false)`)
  return {
    text: `fit AS (SELECT visit_id FROM ${facts} JOIN (SELECT list, ${columns.join(', ')} FROM ${lists}) USING (list)
        WHERE events > 0 GROUP BY visit_id HAVING ${having.join(' AND ')}),
      began AS MATERIALIZED (SELECT * FROM (${begun}) SEMI JOIN fit USING (visit_id))`,
    values: { ...values, ...valuesOf(within, 'within') },
  }
}

/**
 * `hits (visit_id, visitor, ms, events, mask)`: what happened in the visits of `began` that is one of the steps; `mask` has
 * a bit for each of them, `ms` is in epoch milliseconds.
 */
export function hitsSql({ facts, lists }: Visits, steps: readonly Step[]): Sql {
  const bits = steps.map((step, i) => `CASE WHEN ${stepTest(step, `$step${i}`)} THEN ${2 ** i} ELSE 0 END`)
  // What happens on a page counts under it, too; what is asked for is that it is looked at.
  const views = steps.reduce((sum, { on }, i) => (on === 'page' ? sum + 2 ** i : sum), 0)
  const others = 2 ** steps.length - 1 - views
  return {
    text: `steps AS MATERIALIZED (SELECT * FROM (SELECT list, (${bits.join(' + ')})::BIGINT AS mask FROM ${lists}) WHERE mask > 0),
      hits AS MATERIALIZED (SELECT * FROM (
        SELECT visit_id, visitor, epoch_ms("time") AS ms, events,
          CASE WHEN pageviews > 0 THEN mask ELSE mask & ${others} END AS mask
        FROM ${facts} AS facts JOIN steps USING (list) SEMI JOIN began USING (visit_id) WHERE events > 0) WHERE mask > 0)`,
    values: Object.fromEntries(steps.map(({ value }, i) => [`step${i}`, value])),
  }
}

/** What facts, or lists, have to be that conditions let through. */
export function testsOf(conditions: readonly Condition[], name: string): { tests: string[]; values: Sql['values'] } {
  const { wanted, unwanted } = groupsOf(conditions, name)
  // What has no value is not it, either.
  return {
    tests: [...wanted, ...unwanted.map((test) => `NOT coalesce(${test}, false)`)],
    values: valuesOf(conditions, name),
  }
}

/** Of what was clicked people know the text, which comes before its place. */
function stepTest({ on, by }: Step, value: string): string {
  if (on === 'property') return `list_contains("property", ${value})`
  if (on === 'target' && by === 'is') return `("target" = ${value} OR starts_with("target", ${value} || chr(0)))`
  return testOf({ dimension: on, by }, value)
}

/** Of conditions on one dimension one has to hold; and what must not. */
function groupsOf(conditions: readonly Condition[], name: string): { wanted: string[]; unwanted: string[] } {
  const tested = conditions.map((condition, i) => ({ ...condition, test: testOf(condition, `$${name}${i}`) }))
  const wanted = Map.groupBy(
    tested.filter(({ negated }) => !negated),
    ({ dimension }) => dimension,
  )
  return {
    wanted: [...wanted.values()].map((some) => `(${some.map(({ test }) => test).join(' OR ')})`),
    unwanted: tested.filter(({ negated }) => negated).map(({ test }) => test),
  }
}

function valuesOf(conditions: readonly Condition[], name: string): Sql['values'] {
  return Object.fromEntries(conditions.map(({ value }, i) => [`${name}${i}`, value]))
}

function testOf({ dimension, by }: Pick<Condition, 'dimension' | 'by'>, value: string): string {
  switch (by) {
    case 'is':
      return `"${dimension}" = ${value}`
    case 'contains':
      return `contains(lower("${dimension}"), lower(${value}))`
    case 'matches':
      return `regexp_matches("${dimension}", ${value})`
  }
}
