/** Single visits as SQL: a list of them, and what happened in one. */
import { visitBegan } from '../../consumers/facts/shapes/fact-columns.ts'
import { beganSql, type Sql, type Visits } from './visit-sql.ts'

/** What a visit came with and from, in the order of the columns. */
export const cameWith = ['country', 'device', 'browser', 'os', 'channel', 'source', 'campaign'] as const

/**
 * The latest visits that began before another one: `id, began, until, pageviews, clicks, events, errors, engaged ms, entry, exit`,
 * then what they came with. Times are in epoch milliseconds; `until` is the last thing that happened in it up to the end of the period.
 *
 * @param before its id, a whole number as a text; undefined: from the latest on
 */
export function visitListSql(visits: Visits, before: string | undefined, limit: number): Sql {
  const began = beganSql(visits)
  const { facts, lists, visits: came } = visits
  const start = `${visitBegan('visit_id')}::DOUBLE`
  const text = `WITH ${began.text},
    chosen AS MATERIALIZED (SELECT * FROM began ${before === undefined ? '' : 'WHERE visit_id < CAST($before AS BIGINT)'}
      ORDER BY visit_id DESC LIMIT ${limit}),
    done AS (SELECT visit_id, max(epoch_ms("time"))::DOUBLE AS until,
        sum(pageviews)::INTEGER AS pageviews, sum(clicks)::INTEGER AS clicks,
        coalesce(sum(events) FILTER (event IS NOT NULL), 0)::INTEGER AS events,
        coalesce(sum(events) FILTER (error IS NOT NULL), 0)::INTEGER AS errors,
        arg_min(page, "time") FILTER (pageviews > 0) AS entry, arg_max(page, "time") FILTER (pageviews > 0) AS exit
      FROM ${facts} AS facts JOIN (SELECT list, page, event, error FROM ${lists}) USING (list) SEMI JOIN chosen USING (visit_id)
      WHERE facts.events > 0 GROUP BY visit_id),
    engaged AS (SELECT visit_id, sum(engaged_ms)::DOUBLE AS engaged FROM ${facts} AS facts SEMI JOIN chosen USING (visit_id) GROUP BY visit_id)
    SELECT visit_id::VARCHAR, ${start} AS began, coalesce(until, ${start}) AS until, coalesce(pageviews, 0), coalesce(clicks, 0),
      coalesce(events, 0), coalesce(errors, 0), coalesce(engaged, 0), entry, exit, ${cameWith.join(', ')}
    FROM chosen LEFT JOIN done USING (visit_id) LEFT JOIN engaged USING (visit_id)
      JOIN (SELECT visit, ${cameWith.join(', ')} FROM ${came}) USING (visit)
    ORDER BY visit_id DESC`
  return { text, values: { ...began.values, ...(before !== undefined && { before }) } }
}

/**
 * What happened in one visit, in its order: `ms, what, page, value, properties, engaged ms, count`. What happened more than once in
 * the same millisecond, and says the same, is one row.
 *
 * @param id a whole number as a text
 */
export function visitStepsSql({ facts, lists }: Visits, id: string, limit: number): Sql {
  const text = `SELECT epoch_ms("time")::DOUBLE AS ms,
      CASE WHEN pageviews > 0 THEN 'pageview' WHEN clicks > 0 THEN 'click' WHEN event IS NOT NULL THEN 'custom'
        WHEN error IS NOT NULL THEN 'error' WHEN vital IS NOT NULL THEN 'vital' ELSE 'engagement' END AS what,
      page, coalesce(target, event, error, vital, download, outbound) AS value, to_json("property")::VARCHAR AS properties,
      coalesce(engaged_ms, 0)::DOUBLE AS engaged, facts.events::INTEGER AS count
    FROM ${facts} AS facts
      JOIN (SELECT list, page, target, event, error, vital, download, outbound, "property" FROM ${lists}) USING (list)
    WHERE visit_id = CAST($visit AS BIGINT) AND facts.events > 0
    ORDER BY ms, CASE what WHEN 'pageview' THEN 0 WHEN 'engagement' THEN 2 ELSE 1 END, page, value LIMIT ${limit}`
  return { text, values: { visit: id } }
}
