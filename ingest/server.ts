/**
 * The endpoint as an app: routes, errors, limits. Building it does no I/O; ingest/main.ts listens, drains, exits.
 */
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import fastify, { LogController } from 'fastify'
import { limits } from '../stream/limits.ts'
import { registerEvents } from './events-route.ts'
import type { ImportLedger } from './import-ledger.ts'
import { registerImports } from './import-route.ts'
import { Problem, type ProblemCode } from './problems.ts'
import type { Producer } from './producer.ts'
import type { Salts } from './salts.ts'
import type { SiteRegistry } from './sites.ts'

export type IngestOptions = {
  producer: Pick<Producer, 'store' | 'isReady'>
  salts: Salts
  sites: SiteRegistry
  imports: ImportLedger
  adminToken: string
  /** The snippet as `npm run build` bundles it. */
  snippet: Buffer
  /** As RETRACE_TRUSTED_PROXIES; empty: the client is whoever is connected. */
  trustedProxies: string
  logger: FastifyBaseLogger
  now: () => number
}

export function createIngest(options: IngestOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: options.logger,
    // Fastify's request log would hold the client's address, which never leaves this process.
    logController: new LogController({ disableRequestLogging: true }),
    // Anybody can write X-Forwarded-For; it counts where a proxy that we know wrote it.
    trustProxy: options.trustedProxies === '' ? false : options.trustedProxies,
    bodyLimit: limits.requestBytes,
    // A client that takes longer than this to send half a megabyte only holds a socket.
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 256 },
  })

  // The snippet posts text/plain, which needs no CORS preflight; both types are JSON.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['text/plain', 'application/json'], { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string))
    } catch (cause) {
      done(new Problem('unreadable_body', { cause }))
    }
  })

  // Any site may read the answers: they hold nothing but what became of its own events.
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' })
  })
  app.options('*', async (_request, reply) =>
    reply
      .headers({
        'access-control-allow-methods': 'POST, GET',
        'access-control-allow-headers': 'content-type, traceparent',
        'access-control-max-age': '86400',
      })
      .code(204)
      .send(),
  )

  registerEvents(app, options)
  registerImports(app, options)

  app.get('/retrace.js', async (_request, reply) =>
    reply
      .headers({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' })
      .send(options.snippet),
  )
  app.get('/healthz', async () => ({ status: 'alive' }))
  app.get('/readyz', async () => {
    if (!(await options.producer.isReady())) throw new Problem('unavailable')
    return { status: 'ready' }
  })

  app.setNotFoundHandler(() => {
    throw new Problem('not_found')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = error instanceof Problem ? error : toProblem(error)
    if (problem.statusCode >= 500)
      request.log.error({ err: problem.cause ?? error, code: problem.code }, problem.message)
    return sendProblem(reply, problem)
  })
  return app
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
  return reply.code(problem.statusCode).send({ code: problem.code, message: problem.message })
}

/** Fastify's own refusals, in our words. */
function toProblem(error: FastifyError): Problem {
  const codes: Record<number, ProblemCode> = {
    400: 'unreadable_body',
    404: 'not_found',
    413: 'body_too_large',
    415: 'unsupported_media_type',
  }
  return new Problem(codes[error.statusCode ?? 500] ?? 'internal', { cause: error })
}
