/** Funnels as SQL. */
import type { Step } from './steps.ts'
import { beganSql, hitsSql, type Sql, type Visits } from './visit-sql.ts'

export const mostSteps = 8
/** `visit`: all steps in one visit; a number: within so many days after the first, whatever the visits of the visitor. */
export type Within = 'visit' | number

const dayMs = 86_400_000

/**
 * A row for all visits, named -1, and one for each step by its place: who came so far, and the median milliseconds between the
 * step before and it.
 *
 * Each step is joined to the latest step before it that can be part of the funnel (ASOF), so that it is known of every
 * step how late its funnel may at most have begun: what is within the time by that is within it by some way.
 */
export function funnelSql(visits: Visits, steps: readonly Step[], within: Within): Sql {
  const began = beganSql(visits)
  const hits = hitsSql(visits, steps)
  const who = within === 'visit' ? 'visit_id' : 'visitor'
  // In the order of time, and in the same millisecond in that of the steps: of these nobody knows which was first.
  const ordered = `ordered AS MATERIALIZED (
    SELECT ${who} AS who, ms * ${2 ** mostSteps} + mask AS place, ms, mask FROM hits WHERE ${who} IS NOT NULL)`
  const first = `reached0 AS MATERIALIZED (
    SELECT who, place, ms, ms AS begun, 0::BIGINT AS took FROM ordered WHERE mask & 1 <> 0)`
  const others = steps.slice(1).map((_, i) => {
    const inTime = within === 'visit' ? '' : `WHERE now.ms - before.begun <= ${within * dayMs}`
    return `reached${i + 1} AS MATERIALIZED (
      SELECT now.who, now.place, now.ms, before.begun, now.ms - before.ms AS took
      FROM (SELECT * FROM ordered WHERE mask & ${2 ** (i + 1)} <> 0) AS now
      ASOF JOIN reached${i} AS before ON now.who = before.who AND now.place > before.place ${inTime})`
  })
  const all = 'SELECT -1 AS step, count(*)::INTEGER AS reached, NULL::DOUBLE AS took FROM began'
  const counted = steps.map(
    (_, i) => `SELECT ${i} AS step, count(*)::INTEGER AS reached, median(took)::DOUBLE AS took
      FROM (SELECT arg_min(took, place) AS took FROM reached${i} GROUP BY who)`,
  )
  return {
    text: `WITH ${[began.text, hits.text, ordered, first, ...others].join(', ')} ${[all, ...counted].join(' UNION ALL ')} ORDER BY step`,
    values: { ...began.values, ...hits.values },
  }
}
