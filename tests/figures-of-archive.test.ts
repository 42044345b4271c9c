/**
 * What the dashboard shows of load-test traffic is what the archive says: each list is counted again in SQL, from the
 * archived events, without the aggregator's code.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { countOf } from '../dashboard/page/panels/lists.ts'
import { type Period, parsePeriod } from '../dashboard/query/period.ts'
import type { View } from '../dashboard/query/view.ts'
import { createReports, type Reports } from '../dashboard/reports.ts'
import { createStore } from '../dashboard/store/store.ts'
import { type ArchiveTable, openArchiveTable } from '../local/archive-table.ts'
import { noon } from './support/events.ts'
import { others, visits } from './support/every-dimension.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

let stores: TestStores
let archive: ArchiveTable
let reports: Reports
let view: View
let period: Period

beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, [...visits(), ...others()], 20)
  const environment = await freshEnvironment('figures')
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  archive = await openArchiveTable(
    environment,
    { from: noon - 3_600_000, to: noon + 7_200_000 },
    { where: 'true', parameters: {} },
  )
  await archive.connection.run(tables)
  const { settings, clients } = environment
  const now = noon + 48 * 3_600_000
  const store = createStore({
    dynamo: clients.dynamo,
    s3: clients.s3,
    tablePrefix: settings.RETRACE_TABLE_PREFIX,
    bucket: settings.RETRACE_BUCKET,
    now: () => now,
  })
  reports = createReports(store, () => now)
  view = (await store.views.find()) as View
  const asked = parsePeriod({ from: '2026-03-10', to: '2026-03-10' }, { timeZone: 'UTC' }, now)
  if (!asked.ok) throw new Error(asked.message)
  period = asked.period
}, 120_000)
afterAll(async () => {
  await archive?.close()
  await stores?.close()
})

const tag = (name: string) => `regexp_extract(url, '[?&]${name}=([^&#]*)', 1)`
/** `happened` are the events in their order; `visit` is what each visitor did, since nobody came twice. */
const tables = `
  CREATE TABLE happened AS SELECT
    type, visitor, load, n, row_number() OVER (ORDER BY place, "index") AS turn, page_at, sent_at, received,
    json->>'url' AS url, regexp_extract(json->>'url', '^https?://[^/]+([^?#]*)', 1) AS page,
    json->>'referrer' AS referrer, json->>'name' AS name, json->'props' AS props, user_agent,
    json->>'country' AS country, json->>'region' AS region, json->>'language' AS language,
    (json->>'viewport_w')::DOUBLE AS width, (json->>'scroll')::DOUBLE AS scroll, (json->>'engaged_ms')::DOUBLE AS engaged,
    concat_ws(chr(0), json->>'target_text', json->>'target_selector') AS target, json->>'target_href' AS href
  FROM events;
  CREATE TABLE visit AS SELECT *,
    CASE WHEN medium IN ('cpc') THEN 'paid' WHEN medium = 'email' THEN 'email' WHEN medium = 'social' THEN 'social'
      WHEN source <> '' THEN 'referral' WHEN host = '' THEN 'direct'
      WHEN host IN ('t.co', 'reddit.com', 'news.ycombinator.com') THEN 'social' ELSE 'search' END AS channel
  FROM (
    SELECT *, replace(regexp_extract(coalesce(referrer, ''), '^https?://([^/]+)', 1), 'www.', '') AS host,
      coalesce(nullif(${tag('utm_source')}, ''), ${tag('ref')}) AS source, ${tag('utm_medium')} AS medium,
      ${tag('utm_campaign')} AS campaign, ${tag('utm_term')} AS term, ${tag('utm_content')} AS content,
      first_value(page) OVER pages AS entry, last_value(page) OVER pages AS "exit"
    FROM happened WHERE type = 'pageview'
    WINDOW pages AS (PARTITION BY visitor ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    QUALIFY row_number() OVER (PARTITION BY visitor ORDER BY turn) = 1
  )`

const byVisit = (expression: string, where = 'true') =>
  `SELECT ${expression} AS value, count(*)::INTEGER AS count FROM visit WHERE ${where} GROUP BY 1`
const byEvent = (expression: string, type: string, count = 'count(*)') =>
  `SELECT ${expression} AS value, ${count}::INTEGER AS count FROM happened WHERE ${type} GROUP BY 1`
const linkHost = `regexp_extract(href, '^https?://(?:www[.])?([^/]+)', 1)`
const linkPath = `regexp_extract(href, '^https?://[^/]+([^?#]*)', 1)`

const lists: Partial<Record<Dimension, string>> = {
  page: byEvent('page', 'true', 'count(DISTINCT visitor)'),
  entry: byVisit('entry'),
  exit: byVisit('"exit"'),
  referrer: byVisit(`coalesce(nullif(source, ''), host)`),
  channel: byVisit('channel'),
  source: byVisit('source', `source <> ''`),
  medium: byVisit('medium', `medium <> ''`),
  campaign: byVisit('campaign', `campaign <> ''`),
  term: byVisit('term', `term <> ''`),
  content: byVisit('content', `content <> ''`),
  country: byVisit(`coalesce(country, '')`),
  region: byVisit(`coalesce(country || '-' || region, '')`),
  language: byVisit(`coalesce(language, '')`),
  browser: byVisit(`CASE WHEN user_agent LIKE '%Edg/%' THEN 'Microsoft Edge'
    WHEN user_agent LIKE '%SamsungBrowser%' THEN 'Samsung Internet for Android'
    WHEN user_agent LIKE '%Firefox%' THEN 'Firefox' WHEN user_agent LIKE '%Chrome/%' THEN 'Chrome' ELSE 'Safari' END`),
  os: byVisit(`CASE WHEN user_agent LIKE '%Windows NT%' THEN 'Windows' WHEN user_agent LIKE '%Android%' THEN 'Android'
    WHEN user_agent LIKE '%like Mac OS X%' THEN 'iOS' WHEN user_agent LIKE '%Macintosh%' THEN 'macOS' ELSE 'Linux' END`),
  device:
    byVisit(`CASE WHEN user_agent LIKE '%iPad%' OR (user_agent LIKE '%Android%' AND user_agent NOT LIKE '%Mobile%')
    THEN 'tablet' WHEN user_agent LIKE '%Mobile%' THEN 'mobile' ELSE 'desktop' END`),
  screen: byVisit(`CASE WHEN width IS NULL THEN '' WHEN width < 600 THEN 'phone' WHEN width < 1024 THEN 'tablet'
    WHEN width < 1440 THEN 'laptop' WHEN width < 1920 THEN 'desktop' ELSE 'wide' END`),
  target: byEvent('target', `type = 'click'`),
  outbound: byEvent(`${linkHost} || ${linkPath}`, `href IS NOT NULL AND ${linkHost} <> 'example.com'`),
  download: byEvent(linkPath, `href LIKE '%.pdf'`),
  // A burst: clicks of one visitor on one target, none more than a second after the one before.
  rage: `SELECT target AS value, count(*)::INTEGER AS count FROM (
      SELECT visitor, target, burst FROM (
        SELECT *, sum(starts) OVER (PARTITION BY visitor ORDER BY turn) AS burst FROM (
          SELECT *, CASE WHEN target = lag(target) OVER clicks AND page_at - lag(page_at) OVER clicks <= 1000
            THEN 0 ELSE 1 END AS starts
          FROM happened WHERE type = 'click' WINDOW clicks AS (PARTITION BY visitor ORDER BY turn)))
      GROUP BY ALL HAVING count(*) >= 3)
    GROUP BY 1`,
  event: byEvent('name', `type = 'custom'`),
  property: `SELECT concat_ws(chr(0), name, key, props->>key) AS value, count(*)::INTEGER AS count
    FROM (SELECT name, props, unnest(json_keys(props)) AS key FROM happened WHERE type = 'custom') GROUP BY 1`,
  error: byEvent('name', `type = 'error'`),
}

const ofArchive = async (sql: string) => {
  const rows = await archive.ask<{ value: string; count: number }>(sql)
  return Object.fromEntries(rows.map(({ value, count }) => [value, count]))
}

it('the headline is that of the archive', async () => {
  const [counted] = await archive.ask<Record<string, number>>(`SELECT
    count(DISTINCT visitor)::INTEGER AS visitors, count(*) FILTER (type = 'pageview')::INTEGER AS pageviews,
    count(*) FILTER (type = 'click')::INTEGER AS clicks, count(*)::INTEGER AS events,
    (SELECT count(*)::INTEGER FROM visit) AS visits,
    round(sum(engaged) / (SELECT count(*) FROM visit) / 1000, 1)::DOUBLE AS "engagedSeconds" FROM happened`)
  expect(counted?.visits).toBeGreaterThan(100)
  expect(await reports.summary('demo', period, view)).toMatchObject(counted ?? {})
})

describe('a list', () => {
  it.each(Object.entries(lists) as [Dimension, string][])('by %s is that of the archive', async (dimension, sql) => {
    const metric = countOf(dimension)
    const { rows, total } = await reports.breakdown('demo', period, view, dimension, metric, 20_000)
    const counted = await ofArchive(sql)
    expect(Object.keys(counted).length).toBeGreaterThan(1)
    expect(Object.fromEntries(rows.map((row) => [row.value, row[metric]]))).toEqual(counted)
    expect(total).toBe(rows.length)
  })
})

it('web vitals are those of the archive, to within 2 %', async () => {
  const { vitals } = await reports.vitals('demo', period, view)
  const counted = await archive.ask<{ name: string; count: number; p75: number }>(`SELECT name,
      count(*)::INTEGER AS count, list_sort(list((props->>'value')::DOUBLE))[1 + floor(0.75 * (count(*) - 1))::INTEGER] AS p75
    FROM happened WHERE type = 'vital' GROUP BY 1`)
  expect(vitals.map(({ name }) => name).sort()).toEqual(['CLS', 'INP', 'LCP'])
  for (const { name, count, p75 } of counted) {
    const vital = vitals.find((each) => each.name === name)
    expect(vital).toMatchObject({ count })
    expect(Math.abs((vital?.p75 ?? 0) / p75 - 1)).toBeLessThan(0.021)
    expect((vital?.good ?? 0) + (vital?.needsImprovement ?? 0) + (vital?.poor ?? 0)).toBe(count)
  }
})

it('scroll depth is that of the archive, of all pages and of one', async () => {
  const reached = (where: string) =>
    archive.ask<{ percent: number; reached: number }>(`SELECT percent::INTEGER AS percent,
        count(*) FILTER (scroll >= percent)::INTEGER AS reached
      FROM happened, generate_series(0, 100, 10) AS steps(percent) WHERE scroll IS NOT NULL AND ${where}
      GROUP BY 1 ORDER BY 1`)
  const whole = { dimension: 'scroll', prefix: '', keepsPrefix: true } as const
  expect((await reports.scroll('demo', period, view, whole)).depths).toEqual(await reached('true'))
  const home = await reports.scroll('demo', period, view, { ...whole, prefix: '/\u0000' })
  expect(home.depths).toEqual(await reached(`page = '/'`))
})

it('one value by itself is that of the archive, in all and hour by hour', async () => {
  const page = { dimension: 'page', value: '/' } as const
  const [ofPage] = await archive.ask<Record<string, number>>(`SELECT count(DISTINCT visitor)::INTEGER AS visitors,
    count(*) FILTER (type = 'pageview')::INTEGER AS pageviews, count(*) FILTER (type = 'click')::INTEGER AS clicks
    FROM happened WHERE page = '/'`)
  expect(await reports.summary('demo', period, view, page)).toMatchObject(ofPage ?? {})
  const country = { dimension: 'country', value: 'DE' } as const
  const hours = await archive.ask<{ hour: number; events: number }>(`SELECT
      ((received - sent_at + page_at) // 3600000 % 24)::INTEGER AS hour, count(*)::INTEGER AS events
    FROM happened WHERE country = 'DE' GROUP BY 1 ORDER BY 1`)
  const { points } = await reports.timeseries('demo', period, view, country)
  const counted = points.map(({ events }, hour) => ({ hour, events })).filter(({ events }) => events > 0)
  expect(counted).toEqual(hours)
})
