/** Figures of one site in one period, kept up to date by server-sent events. */
import type { FastifyInstance } from 'fastify'
import type { Hub } from '../live/hub.ts'
import type { Viewer } from '../live/viewer.ts'
import { Problem } from '../problems.ts'
import { type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { Store } from '../store/store.ts'
import { periodQuery, siteParams } from './query-schemas.ts'
import { findSite, findView } from './sites.ts'

/** How long a page that was open goes on showing what its reader may not see any more. */
const forbiddenWithinMs = 5000

export type LiveOptions = { store: Store; hub: Hub; now: () => number }

export function registerLive(app: FastifyInstance, { store, hub, now }: LiveOptions): void {
  app.get<{ Params: { site: string }; Querystring: PeriodQuery & { generation?: string } }>(
    '/api/sites/:site/live',
    {
      schema: {
        summary: 'Figures as they change',
        description:
          'Server-sent events `summary`, `timeseries`, `breakdown` (one for each dimension), `realtime` and `anomalies`, each with what the route of that name answers: all of them at once, then whatever changed.',
        params: siteParams,
        querystring: periodQuery,
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const site = await findSite(store, params.site)
      const result = parsePeriod(query, site, now())
      if (!result.ok) throw new Problem('bad_parameter', { message: result.message })
      await findView(store, query.generation)
      const viewer = await hub.watch(site, query, result.period)
      endWhenForbidden(viewer, request.isStillAllowed)
      reply.headers({
        'content-type': 'text/event-stream; charset=utf-8',
        // nginx gathers answers before it passes them on, unless it is told not to.
        'x-accel-buffering': 'no',
      })
      return reply.send(viewer.stream)
    },
  )
}

/** A stream outlives the question whether it is allowed, so the question is asked again and again. */
function endWhenForbidden(viewer: Viewer, isStillAllowed: () => Promise<boolean>): void {
  const timer = setInterval(async () => {
    // A store that does not answer takes nothing away from anybody. Too many guesses do: whoever guesses on purpose would
    // keep a stream that was opened with a token that is revoked.
    if (!(await isStillAllowed().catch((error) => !(error instanceof Problem)))) viewer.end()
  }, forbiddenWithinMs)
  viewer.stream.on('close', () => clearInterval(timer))
}
