/** From where visits come to a page and where they go, as SQL. */
import { beganSql, type Sql, type Visits } from './visit-sql.ts'

/** Pages before and after the one that is looked at. */
export const mostAway = 3
/** Pages of each place that are told apart; what is left is one. */
export const pagesApart = 6

/**
 * A row for each pair of pages of which one was seen after the other: how far the first is from the page that is looked at (-3 to
 * 2), both pages (the empty text: all that are not told apart; null: the visit began, or ended there), and visits.
 *
 * A page that is seen again at once, as by a reload, counts once. What is looked at is the first view of the page in a
 * visit; without a page the one that the visit began with.
 *
 * @param page undefined: whatever a visit began with
 */
export function journeysSql(visits: Visits, page: string | undefined): Sql {
  const began = beganSql(visits)
  const { facts, lists } = visits
  const first = page === undefined ? 'min(n)' : 'min(n) FILTER (page = $page)'
  const text = `WITH ${began.text},
    views AS (SELECT visit_id, "time" AS seen, page FROM ${facts} AS facts JOIN (SELECT list, page FROM ${lists}) USING (list)
      SEMI JOIN began USING (visit_id) WHERE pageviews > 0),
    moves AS (SELECT visit_id, seen, page FROM views
      QUALIFY page IS DISTINCT FROM lag(page) OVER (PARTITION BY visit_id ORDER BY seen, page)),
    numbered AS MATERIALIZED (SELECT visit_id, page, row_number() OVER (PARTITION BY visit_id ORDER BY seen, page) AS n FROM moves),
    anchors AS (SELECT visit_id, ${first} AS anchor FROM numbered GROUP BY visit_id HAVING anchor IS NOT NULL),
    placed AS MATERIALIZED (SELECT visit_id, page, (n - anchor)::INTEGER AS away FROM numbered JOIN anchors USING (visit_id)
      WHERE n - anchor BETWEEN ${-mostAway} AND ${mostAway}),
    apart AS (SELECT away, page FROM (SELECT away, page, count(*) AS visits FROM placed GROUP BY ALL)
      QUALIFY row_number() OVER (PARTITION BY away ORDER BY visits DESC, page) <= ${pagesApart}),
    told AS MATERIALIZED (SELECT visit_id, away, coalesce(apart.page, '') AS page FROM placed LEFT JOIN apart USING (away, page))
    SELECT away, before.page, after.page, count(*)::INTEGER AS visits
    FROM (SELECT visit_id, away, page FROM told) AS before
    FULL JOIN (SELECT visit_id, away - 1 AS away, page FROM told) AS after USING (visit_id, away)
    WHERE away BETWEEN ${-mostAway} AND ${mostAway - 1} GROUP BY away, before.page, after.page ORDER BY away, visits DESC, before.page, after.page`
  return { text, values: { ...began.values, ...(page !== undefined && { page }) } }
}
