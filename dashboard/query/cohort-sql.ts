/** Who came back in which week, as SQL: cohorts are visitors by the week in which they were first seen. */
import { weekMs, weekOf, windowOf } from '../../stream/remembered.ts'
import type { Site } from '../../stream/site.ts'
import { beganSql, type Sql, type Visits } from './visit-sql.ts'

export type CohortPlan = {
  /** What is to be looked at, epoch milliseconds: from where names of the first cohort begin. */
  from: number
  to: number
  /** Beginnings of weeks, ascending; with each the last week in which its visitors have the same names. */
  cohorts: readonly { week: number; lastWeek: number; isFirstOfWindow: boolean }[]
}

/**
 * Whole weeks that a period touches, from when the site began to remember.
 *
 * @returns undefined where nobody is remembered in that period
 */
export function planCohorts(site: Site, period: { from: number; to: number }, now: number): CohortPlan | undefined {
  const { rememberedFrom: since } = site
  const end = Math.min(period.to, now)
  if (since === undefined || end <= since) return undefined
  const first = weekOf(Math.max(period.from, since))
  const last = weekOf(end - 1)
  const cohorts: CohortPlan['cohorts'][number][] = []
  for (let week = first; week <= last; week += weekMs) {
    const window = windowOf(site, Math.max(week, since))
    if (!window) return undefined
    const isFirstOfWindow = week === window.from
    cohorts.push({ week, lastWeek: Math.min(last, window.to - weekMs), isFirstOfWindow })
  }
  const names = windowOf(site, Math.max(first, since))
  // Who came in an earlier week of the window is no new visitor.
  return names && { from: Math.max(names.from, since), to: last + weekMs, cohorts }
}

/**
 * A row for each cohort and week in which somebody of it was there: beginning of the cohort's week and of the other, epoch
 * milliseconds, and visitors.
 *
 * @param all what happened in the plan's time, without conditions: who came back did so whatever the conditions say
 * @param chosen by conditions, of visits that may have begun earlier; the first visit of a visitor has to be one of them.
 *   Undefined: there are no conditions
 */
export function cohortsSql(all: Visits, chosen: Visits | undefined): Sql {
  const began = chosen && beganSql(chosen)
  const monday = weekOf(0)
  const week = `(epoch_ms("time") - ${monday}) // ${weekMs}`
  // Visits are numbered in the order in which they began.
  const parts = [
    ...(began ? [began.text] : []),
    `seen AS MATERIALIZED (SELECT visitor, ${week} AS week, min(visit_id) AS visit_id FROM ${all.facts}
      WHERE events > 0 AND visitor IS NOT NULL AND visit_id IS NOT NULL GROUP BY ALL)`,
    `firsts AS (SELECT visitor, min(week) AS cohort, min(visit_id) AS visit_id FROM seen GROUP BY visitor)`,
    `members AS (SELECT visitor, cohort FROM firsts ${began ? 'SEMI JOIN began USING (visit_id)' : ''})`,
  ]
  const start = (weeks: string) => `(${weeks} * ${weekMs} + ${monday})::DOUBLE`
  return {
    text: `WITH ${parts.join(', ')} SELECT ${start('cohort')}, ${start('week')}, count(*)::INTEGER
      FROM members JOIN seen USING (visitor) GROUP BY cohort, week ORDER BY cohort, week`,
    values: began?.values ?? {},
  }
}
