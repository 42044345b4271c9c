/** How many visits reached goals, as SQL. */
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import type { Step } from './steps.ts'
import { beganSql, hitsSql, type Sql, type Visits } from './visit-sql.ts'

/** More do not fit into a number that JavaScript writes exactly. */
export const mostGoals = 40

/** A row for all visits, named -1, and one for each goal by its place: visits, visitors, how often. */
export function conversionsSql(visits: Visits, goals: readonly Step[]): Sql {
  const began = beganSql(visits)
  const all = `SELECT -1 AS goal, (SELECT count(*) FROM began)::INTEGER AS visits, count(DISTINCT visitor)::INTEGER AS visitors,
    0 AS completions FROM ${visits.facts} AS facts SEMI JOIN began USING (visit_id)`
  if (goals.length === 0) return { text: `WITH ${began.text} ${all}`, values: began.values }
  const hits = hitsSql(visits, goals)
  const each = goals.map(
    (
      _,
      i,
    ) => `SELECT ${i}, count(DISTINCT visit_id)::INTEGER, count(DISTINCT visitor)::INTEGER, coalesce(sum(events), 0)::INTEGER
      FROM hits WHERE mask & ${2 ** i} <> 0`,
  )
  return {
    text: `WITH ${began.text}, ${hits.text} ${[all, ...each].join(' UNION ALL ')} ORDER BY goal`,
    values: { ...began.values, ...hits.values },
  }
}

/** A row for each value that visits came with, most first: itself, visits, those that reached the goal; and how many values there are. */
export function conversionsBySql(visits: Visits, goal: Step, dimension: Dimension, limit: number): Sql {
  const began = beganSql(visits)
  const hits = hitsSql(visits, [goal])
  const { facts, lists, visits: values } = visits
  const valued =
    dimension === 'entry'
      ? `SELECT visit_id, any_value("entry") AS value FROM ${facts} AS facts JOIN ${lists} AS lists USING (list)
          SEMI JOIN began USING (visit_id) WHERE facts.visits > 0 GROUP BY visit_id`
      : `SELECT visit_id, "${dimension}" AS value FROM began JOIN ${values} AS valued USING (visit)`
  return {
    text: `WITH ${began.text}, ${hits.text}, reached AS (SELECT DISTINCT visit_id FROM hits)
      SELECT coalesce(value, ''), count(*)::INTEGER AS visits, count(reached.visit_id)::INTEGER AS conversions, count(*) OVER ()::INTEGER
      FROM (${valued}) LEFT JOIN reached USING (visit_id) GROUP BY 1 ORDER BY visits DESC, 1 LIMIT ${limit}`,
    values: { ...began.values, ...hits.values },
  }
}
