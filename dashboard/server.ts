/**
 * The dashboard as an app: API, live streams, page, sign-in. Building it does no I/O; dashboard/main.ts listens,
 * drains and exits.
 */
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify'
import fastify, { LogController } from 'fastify'
import type { Traces } from '../consumers/trace/shapes/traces.ts'
import { forwardViewer } from '../stream/edge.ts'
import { type Assets, registerPage } from './assets.ts'
import { Hub } from './live/hub.ts'
import { isUnavailable, Problem, type ProblemCode } from './problems.ts'
import { createReports } from './reports.ts'
import { registerAlertRules } from './routes/alert-rules.ts'
import { registerAnomalies } from './routes/anomalies.ts'
import { registerBacktest } from './routes/backtest.ts'
import { type AlertWays, registerChannels } from './routes/channels.ts'
import { registerClickmap } from './routes/clickmap.ts'
import { registerCohorts } from './routes/cohorts.ts'
import { registerErasures } from './routes/erasures.ts'
import { registerExclusions } from './routes/exclusions.ts'
import { registerExport } from './routes/export.ts'
import { registerFigures } from './routes/figures.ts'
import { registerFunnels } from './routes/funnels.ts'
import { registerGoals } from './routes/goals.ts'
import { registerJourneys } from './routes/journeys.ts'
import { registerLinks } from './routes/links.ts'
import { registerLive } from './routes/live.ts'
import { registerMembers } from './routes/members.ts'
import { registerNotes } from './routes/notes.ts'
import { registerOpenApi } from './routes/openapi.ts'
import { registerPipeline } from './routes/pipeline.ts'
import { registerReplays } from './routes/replays.ts'
import { registerSegments } from './routes/segments.ts'
import { registerSession } from './routes/session.ts'
import { registerSites } from './routes/sites.ts'
import { registerSql } from './routes/sql.ts'
import { registerTokens } from './routes/tokens.ts'
import { registerTrace } from './routes/trace.ts'
import { registerVisitList } from './routes/visit-list.ts'
import { registerChannelLink } from './session/channel-link.ts'
import { registerGuard } from './session/guard.ts'
import { registerInvitation } from './session/invitation.ts'
import { createMapTokens } from './session/map-tokens.ts'
import { createPasswords } from './session/passwords.ts'
import { registerReset } from './session/reset.ts'
import { registerSecurityHeaders } from './session/security-headers.ts'
import { createSessions } from './session/session.ts'
import { registerSharedLink } from './session/shared-link.ts'
import { registerCookies, registerSignIn } from './session/sign-in.ts'
import { createThrottle } from './session/throttle.ts'
import type { Store } from './store/store.ts'

export type DashboardOptions = {
  store: Store
  traces: Traces
  assets: Assets
  /** Must not be empty: it would sign anybody in. */
  adminToken: string
  /** Whose word on addresses and https is believed (RETRACE_TRUSTED_PROXIES). */
  trustedProxies: string
  /** As RETRACE_EDGE_KEY. */
  edgeKey: string
  /** Port of the endpoint beside us: pages are told to load the snippet there. */
  ingestPort: number
  /** Where pages reach the endpoint, if that is elsewhere (RETRACE_ENDPOINT_URL); empty: as above. */
  endpointUrl: string
  alertWays: AlertWays
  logger: FastifyBaseLogger
  now: () => number
}

/** A site with all its origins; nothing else that is posted is larger. */
const maxBodyBytes = 64 * 1024

export async function createDashboard(options: DashboardOptions): Promise<FastifyInstance> {
  const { store, traces, assets, adminToken, ingestPort, endpointUrl, logger, now } = options
  if (adminToken === '') throw new Error('the dashboard needs an administrator token')
  const app = fastify({
    loggerInstance: logger,
    // The request log would hold tokens: the sign-in link carries one.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    // Fastify would drop names that no schema knows, and a misspelt `sites` would have all of them replayed.
    ajv: { customOptions: { removeAdditional: false } },
    // An address that anybody can make up would slow down nobody who guesses tokens.
    trustProxy: options.trustedProxies === '' ? false : options.trustedProxies,
    routerOptions: { maxParamLength: 128 },
    forceCloseConnections: 'idle',
  })
  const sessions = createSessions(adminToken)
  const throttle = createThrottle(now)
  const passwords = createPasswords()
  const forms = { store, sessions, passwords, throttle, assets, now }
  const hub = new Hub({
    store,
    now,
    onFailure: (error) => app.log.error({ err: error }, 'reading for live streams failed'),
  })

  if (options.edgeKey !== '') app.addHook('onRequest', async ({ raw }) => forwardViewer(raw.headers, options.edgeKey))
  registerErrors(app)
  registerSecurityHeaders(app)
  await registerCookies(app)
  registerGuard(app, { store, sessions, throttle, now })
  registerOpenApi(app)
  registerSites(app, { store, now, ingestPort, endpointUrl })
  const reports = createReports(store, now)
  registerFigures(app, { store, reports, now })
  registerAnomalies(app, { store, reports, now })
  registerClickmap(app, { store, reports, maps: createMapTokens(adminToken), now })
  registerBacktest(app, { store, reports, now })
  registerNotes(app, { store, now })
  registerSegments(app, { store })
  registerGoals(app, { store, now })
  registerFunnels(app, { store, now })
  registerJourneys(app, { store, now })
  registerCohorts(app, { store, now })
  registerVisitList(app, { store, now })
  registerExport(app, { store, now })
  registerExclusions(app, { store, now })
  registerErasures(app, { store, now })
  registerLive(app, { store, hub, now })
  registerPipeline(app, { store, now })
  registerSql(app, { store, now })
  registerTrace(app, { store, traces, now })
  registerReplays(app, { store, now })
  registerMembers(app, { store, now })
  registerLinks(app, { store, passwords, now })
  registerTokens(app, { store, now })
  registerAlertRules(app, { store })
  registerChannels(app, { store, now, ways: options.alertWays })
  registerSession(app, { store, sessions, passwords, throttle, now })
  registerSignIn(app, forms)
  registerInvitation(app, forms)
  registerReset(app, forms)
  registerSharedLink(app, forms)
  registerChannelLink(app, { store, assets, now })
  registerPage(app, assets)
  app.get('/healthz', async () => ({ status: 'alive' }))

  app.addHook('preClose', async () => hub.close())
  app.addHook('onClose', async () => store.facts?.close())
  return app
}

/** Bounds that were met: no fault to be logged. */
const full: ReadonlySet<ProblemCode> = new Set([
  'too_many_viewers',
  'too_many_exports',
  'too_many_traces',
  'too_many_questions',
  'trace_too_long',
  'facts_too_large',
])

function registerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new Problem('not_found')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = error instanceof Problem ? error : toProblem(error)
    if (problem.statusCode >= 500 && !full.has(problem.code))
      request.log.error({ err: problem.cause ?? error, code: problem.code, route: request.routeOptions.url }, 'failed')
    if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
    if (problem.code === 'not_signed_in') reply.header('www-authenticate', 'Bearer')
    return reply.code(problem.statusCode).send({ code: problem.code, message: problem.message })
  })
}

/** Fastify's own refusals and the store's faults, in our words. */
function toProblem(error: FastifyError): Problem {
  if (error.validation)
    return new Problem(error.validationContext === 'body' ? 'bad_body' : 'bad_parameter', {
      message: sentenceOf(error),
    })
  const codes: Record<number, ProblemCode> = {
    400: 'bad_body',
    404: 'not_found',
    413: 'body_too_large',
    415: 'unsupported_media_type',
  }
  const code = codes[error.statusCode ?? 500] ?? (isUnavailable(error) ? 'unavailable' : 'internal')
  return new Problem(code, { cause: error })
}

/** Ajv's sentences name the parameter and what it must be, never what it was; all but one. */
function sentenceOf({ message, validation, validationContext = 'body' }: FastifyError): string {
  const unknown = validation?.find(({ keyword }) => keyword === 'additionalProperties')?.params.additionalProperty
  return unknown === undefined ? message : `${validationContext} must not have '${String(unknown).slice(0, 64)}'`
}
