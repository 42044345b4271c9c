/** How many visits behind each row of a list reached a goal, as SQL. */
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { isListed, partOf } from '../../consumers/facts/shapes/fact-columns.ts'
import type { Step } from './steps.ts'
import { beganSql, hitsSql, type Sql, testsOf, type Visits } from './visit-sql.ts'

/** As many values as a list tells apart (query/merge.ts). */
const mostValues = 20_000

/**
 * A row for each value, most visits first: itself, visits that have it, and those of them that reached the goal at some time. A visit
 * has a value when one of the events that conditions let through has: what the row counts. It began, or ended, with one where what
 * counts its visits says so: of an end the changes are learnt bit by bit, and their sum tells.
 */
export function ratesSql({ within, ...visits }: Visits, goal: Step, dimension: Dimension): Sql {
  const began = beganSql({ ...visits, within: [] })
  const hits = hitsSql({ ...visits, within: [] }, [goal])
  const { tests, values } = testsOf(within, 'within')
  const value = isListed(dimension) ? `unnest("${dimension}")` : `"${dimension}"`
  const isOfVisit = dimension === 'entry' || dimension === 'exit'
  const chosen = `(SELECT * FROM ${visits.lists} ${tests.length > 0 ? `WHERE ${tests.join(' AND ')}` : ''})`
  const ofVisits = partOf(dimension) === 'visits'
  const events =
    ofVisits && tests.length === 0
      ? 'began'
      : `(SELECT visit_id, visit, visits, lists.* FROM ${visits.facts} AS facts JOIN ${chosen} AS lists USING (list)
          SEMI JOIN began USING (visit_id) ${isOfVisit ? '' : 'WHERE events > 0'})`
  const valued = ofVisits
    ? `${events} JOIN (SELECT visit, ${value} AS value FROM ${visits.visits}) USING (visit)`
    : `(SELECT visit_id, visits, ${value} AS value FROM ${events})`
  return {
    text: `WITH ${began.text}, ${hits.text}, reached AS (SELECT DISTINCT visit_id FROM hits),
      valued AS (SELECT visit_id, value FROM ${valued} WHERE value IS NOT NULL GROUP BY visit_id, value
        ${isOfVisit ? 'HAVING sum(visits) > 0' : ''})
      SELECT value, count(*)::INTEGER AS visits, count(reached.visit_id)::INTEGER
      FROM valued LEFT JOIN reached USING (visit_id) GROUP BY value ORDER BY visits DESC, value LIMIT ${mostValues}`,
    values: { ...began.values, ...hits.values, ...values },
  }
}
