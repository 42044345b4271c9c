/** Where a page was clicked, for the dashboard, and with a token of its own for the overlay on the live page. */
import type { FastifyInstance } from 'fastify'
import type { MakingAnswer } from '../answers.ts'
import type { ClickmapAnswer, ClickmapLinkAnswer } from '../clickmap-answers.ts'
import { createFactReports } from '../fact-reports.ts'
import { Problem } from '../problems.ts'
import { type MapDimension, mapDimensions, toClickmap, underPage } from '../query/clickmap.ts'
import type { Condition } from '../query/conditions.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../query/period.ts'
import { daysOf, inHours } from '../query/plan.ts'
import type { Reports } from '../reports.ts'
import { ownOrigin } from '../session/guard.ts'
import type { MapTokens } from '../session/map-tokens.ts'
import type { Store } from '../store/store.ts'
import { clickmapLinkBody, clickmapLinkSchema, clickmapQuery, clickmapSchema } from './clickmap-schemas.ts'
import { tell, toFactsProblem } from './figures.ts'
import { siteParams } from './query-schemas.ts'
import { makingSchema } from './schemas.ts'
import { conditionsOf } from './segments.ts'
import { findSite, findView } from './sites.ts'

export type ClickmapOptions = { store: Store; reports: Reports; maps: MapTokens; now: () => number }

type ClickmapQuery = Omit<PeriodQuery, 'interval'> & {
  page: string
  screen?: string
  limit: number
  generation?: string
  filter?: string[]
  segment?: string
}
type ClickmapRoute = { Params: { site: string }; Querystring: ClickmapQuery }

/** As many as a period tells apart (query/merge.ts). */
const mostValues = 20_000
const refused = 'This link to the click map is over, or is of another page. Open the map from the dashboard again.'

export function registerClickmap(app: FastifyInstance, { store, reports, maps, now }: ClickmapOptions): void {
  const facts = store.facts && createFactReports(store.facts)

  /** @throws Problem 404 for the site or the generation, 400 for the period or a filter */
  async function answer(site: string, query: ClickmapQuery): Promise<ClickmapAnswer | MakingAnswer> {
    const result = parsePeriod(query, await findSite(store, site), now())
    if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
    const { period } = result
    const conditions = await conditionsOf(store, site, query)
    const asked = { site, page: query.page, screen: query.screen, limit: query.limit }
    return conditions.length === 0 ? fromCells(asked, period, query) : fromFacts(asked, period, query, conditions)
  }

  type Asked = Parameters<typeof toClickmap>[0]

  async function fromCells(asked: Asked, period: Period, { generation }: ClickmapQuery): Promise<ClickmapAnswer> {
    const { site, page } = asked
    const view = await findView(store, generation)
    const rowsOf = async (dimension: MapDimension) => {
      const { rows } = await reports.breakdown(
        site,
        period,
        view,
        dimension,
        dimension === 'frustration' ? 'events' : 'clicks',
        mostValues,
        underPage(dimension, page),
      )
      return rows
    }
    const [{ clicks }, scroll, pageTarget, frustration, position] = await Promise.all([
      reports.summary(site, period, view, { dimension: 'page', value: page }),
      reports.scroll(site, period, view, { dimension: 'scroll', prefix: `${page}\u0000`, keepsPrefix: true }),
      ...mapDimensions.map(rowsOf),
    ])
    const values = {
      clicks,
      scroll,
      pageTarget: pageTarget ?? [],
      frustration: frustration ?? [],
      position: position ?? [],
    }
    return toClickmap(asked, inHours(period), daysOf(period), values)
  }

  async function fromFacts(
    asked: Asked,
    period: Period,
    { generation }: ClickmapQuery,
    others: readonly Condition[],
  ): Promise<ClickmapAnswer | MakingAnswer> {
    if (!facts) throw new Problem('bad_parameter', { message: 'this dashboard has click maps without filters alone' })
    const { site, page } = asked
    const view = await findView(store, generation)
    const ofPage = { dimension: 'page', value: page, by: 'is', negated: false } as const
    // Pages that are asked for by filters besides are none of this map.
    const conditions = [...others.filter(({ dimension }) => dimension !== 'page'), ofPage]
    const question = { site, period, view, conditions }
    try {
      const breakdown = (dimension: MapDimension) =>
        facts.breakdown(question, dimension, dimension === 'frustration' ? 'events' : 'clicks', mostValues)
      const scroll = await facts.scroll(question)
      if ('making' in scroll) return scroll
      const summary = await facts.breakdown(question, 'page', 'clicks', 1)
      if ('making' in summary) return summary
      const values = { pageTarget: [], frustration: [], position: [] } as Record<MapDimension, Row[]>
      for (const dimension of mapDimensions) {
        const found = await breakdown(dimension)
        if ('making' in found) return found
        const { length } = `${page}\u0000`
        values[dimension] = found.rows.map(({ value, clicks, events }) => ({
          value: value.slice(length),
          clicks,
          events,
        }))
      }
      const hours = inHours(period)
      return toClickmap(asked, hours, hours, { ...values, scroll, clicks: summary.rows[0]?.clicks ?? 0 })
    } catch (error) {
      throw toFactsProblem(error)
    }
  }

  app.get<ClickmapRoute>(
    '/api/sites/:site/clickmap',
    {
      schema: {
        summary: 'Where a page was clicked',
        description:
          'Clicks at elements, rage and dead clicks and scroll depth are of the hours of the period; places on a grid over the page are of the UTC days that it touches.',
        params: siteParams,
        querystring: clickmapQuery,
        response: { 200: clickmapSchema, 202: makingSchema },
      },
    },
    async ({ params, query }, reply) => tell(reply, await answer(params.site, query)),
  )

  app.post<ClickmapRoute & { Body: { url: string } }>(
    '/api/sites/:site/clickmap/links',
    {
      schema: {
        summary: 'An address that shows the click map on the live page, for ten minutes',
        params: siteParams,
        querystring: clickmapQuery,
        body: clickmapLinkBody,
        response: { 201: clickmapLinkSchema },
      },
    },
    async (request, reply): Promise<ClickmapLinkAnswer> => {
      const { site, origins } = await findSite(store, request.params.site)
      const url = pageUrl(request.body.url, origins)
      const grant = { site, query: { ...request.query }, origin: url.origin, api: `${ownOrigin(request)}/api/clickmap` }
      const { token, until } = maps.issue(grant, now())
      // What the page itself has there follows, and the overlay gives it back.
      url.hash = `retrace-map.js=${token}${url.hash}`
      reply.code(201)
      return { url: url.href, expiresAt: new Date(until).toISOString() }
    },
  )

  // Any page may ask here, and none is told anything without a token; what a token tells, it tells its own page.
  const open = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
  app.options('/api/clickmap', { schema: { summary: 'Any page may ask' } }, async (_request, reply) =>
    reply
      .headers({ ...open, 'access-control-allow-headers': 'authorization', 'access-control-max-age': '600' })
      .code(204)
      .send(),
  )
  app.get(
    '/api/clickmap',
    {
      schema: {
        summary: 'The same, for the overlay on the live page',
        description: 'With `Authorization: Bearer TOKEN`, the token of a link, and from the page that it leads to.',
        response: { 200: clickmapSchema, 202: makingSchema },
      },
    },
    async ({ headers }, reply) => {
      reply.headers({ ...open, 'access-control-expose-headers': 'retry-after' })
      const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
      const grant = maps.read(token, now())
      if (!grant || grant.origin !== headers.origin) throw new Problem('not_allowed', { message: refused })
      return tell(reply, await answer(grant.site, grant.query as ClickmapQuery))
    },
  )
}

type Row = { value: string; clicks: number; events: number }

/** @throws Problem 400 when it is no address of the site */
function pageUrl(text: string, origins: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Problem('bad_body', { message: 'url must be the address of a page, such as https://example.org/pricing' })
  if (origins.length > 0 && !origins.includes(url.origin))
    throw new Problem('bad_body', { message: `url must be at one of the origins of the site: ${origins.join(', ')}` })
  return url
}
