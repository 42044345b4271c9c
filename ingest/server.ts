/**
 * The endpoint as an app: routes, errors, limits. Building it does no I/O; ingest/main.ts listens, drains, exits.
 */
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import fastify, { LogController } from 'fastify'
import { forwardViewer } from '../stream/edge.ts'
import { limits } from '../stream/limits.ts'
import type { Tracer } from '../stream/tracing.ts'
import { acceptBodies, parseJson } from './body.ts'
import { registerEvents } from './events-route.ts'
import { GatheredRequest } from './gathered-request.ts'
import type { ImportLedger } from './import-ledger.ts'
import { registerImports } from './import-route.ts'
import type { Metrics } from './metrics.ts'
import { registerPixel } from './pixel-route.ts'
import { Problem, type ProblemCode } from './problems.ts'
import type { Producer } from './producer.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Salts } from './salts.ts'
import type { SiteRegistry } from './sites.ts'
import { registerSnippet, type Snippet } from './snippet-route.ts'

export type IngestOptions = {
  producer: Pick<Producer, 'store' | 'isReady' | 'inFlightBytes'>
  maxInFlightBytes: number
  salts: Salts
  sites: SiteRegistry
  /** Without it nothing of the past is taken. */
  imports?: ImportLedger
  /** How many requests an address may send, and a site may bring. */
  clientLimit: RateLimit
  siteLimit: RateLimit
  metrics: Metrics
  /** Depth and age of the overflow, for /metrics. Without it there is neither that path nor those of health. */
  overflow?: () => Promise<{ depth: number; oldestAgeSeconds: number } | undefined>
  adminToken: string
  snippet: Snippet
  /** As RETRACE_TRUSTED_PROXIES; empty: the client is whoever is connected. */
  trustedProxies: string
  /** As RETRACE_EDGE_KEY. */
  edgeKey: string
  /** Is told of requests, where traces are gathered. */
  tracer?: Pick<Tracer, 'samples' | 'add'> | undefined
  /** Whether the process was told to stop. */
  isDraining: () => boolean
  logger: FastifyBaseLogger
  now: () => number
}

export function createIngest(options: IngestOptions): FastifyInstance {
  const { metrics } = options
  const app = fastify({
    // What a request is known by is its trace, and few ever log; a logger each would hold a number that nobody looks for.
    // As an option of its own the logger would be told of the end of every answer.
    childLoggerFactory: () => options.logger,
    // Fastify's request log would hold the client's address, which never leaves this process.
    logController: new LogController({ disableRequestLogging: true }),
    // Anybody can write X-Forwarded-For; it counts where a proxy that we know wrote it.
    trustProxy: options.trustedProxies === '' ? false : options.trustedProxies,
    bodyLimit: limits.requestBytes,
    // Slow clients hold a socket each. Sending half a megabyte takes a phone seconds; who takes longer is cut off.
    requestTimeout: 15_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2000, IncomingMessage: GatheredRequest },
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 256 },
    // Routes declare none (shapes.ts), and without these two Fastify would load what compiles them.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    clientErrorHandler(_error, socket) {
      metrics.problem('unreadable_request')
      const { message } = new Problem('unreadable_request')
      const body = JSON.stringify({ code: 'unreadable_request', message })
      const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
      if (socket.writable) socket.write(`${head}\r\nconnection: close\r\n\r\n${body}`)
      socket.destroySoon()
    },
    frameworkErrors(error, _request, reply) {
      sendProblem(reply as FastifyReply, toProblem(error))
    },
  })
  acceptBodies(app, parseJson)
  if (options.edgeKey !== '')
    app.addHook('onRequest', (request, _reply, done) => {
      forwardViewer(request.raw.headers, options.edgeKey)
      done()
    })
  guardEntrance(app, options)
  answerPreflights(app)

  registerEvents(app, options)
  registerPixel(app, options)
  if (options.imports) registerImports(app, options, options.imports)
  registerSnippet(app, options.snippet)

  if (options.overflow) registerInside(app, options, options.overflow)

  app.setNotFoundHandler(() => {
    throw new Problem('not_found')
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = error instanceof Problem ? error : toProblem(error)
    metrics.problem(problem.code)
    if (problem.statusCode === 500) request.log.error({ err: problem.cause ?? error }, problem.message)
    else if (problem.statusCode === 503)
      request.log.warn(
        { err: problem.cause, code: problem.code, traceparent: request.headers.traceparent },
        problem.message,
      )
    return sendProblem(reply, problem)
  })
  return app
}

/** What is asked beside the endpoint: whether it is well, and what it has counted. */
function registerInside(
  app: FastifyInstance,
  { producer, metrics, isDraining }: IngestOptions,
  overflow: NonNullable<IngestOptions['overflow']>,
): void {
  app.get('/healthz', async () => ({ status: 'alive' }))
  app.get('/readyz', async () => {
    if (isDraining()) throw new Problem('draining')
    if (!(await producer.isReady())) throw new Problem('unavailable')
    return { status: 'ready' }
  })
  app.get('/metrics', async (_request, reply) => {
    const waiting = await overflow().catch(() => undefined)
    const { user, system } = process.cpuUsage()
    const text = metrics.text({
      inFlightBytes: producer.inFlightBytes,
      overflow: waiting,
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
    })
    return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text)
  })
}

function noSchemas(): never {
  throw new Error('routes of the endpoint declare no schemas')
}

/** What is decided before a body is read: the cheapest no is the one that is said at once. */
function guardEntrance(app: FastifyInstance, options: IngestOptions): void {
  const { producer, clientLimit, maxInFlightBytes } = options
  app.addHook('onRequest', (request, reply, done) => {
    // Any site may read the answers: they hold nothing but what became of its own events.
    reply.header('access-control-allow-origin', '*')
    if (options.isDraining()) reply.header('connection', 'close')
    if (!request.url.startsWith('/v1/')) return done()
    const retryAfterSeconds = clientLimit.take(request.ip)
    if (retryAfterSeconds > 0) return done(new Problem('too_many_requests', { retryAfterSeconds }))
    if (producer.inFlightBytes >= maxInFlightBytes) return done(new Problem('overloaded'))
    done()
  })
}

function answerPreflights(app: FastifyInstance): void {
  app.options('*', async (_request, reply) =>
    reply
      .headers({
        'access-control-allow-methods': 'POST, GET',
        'access-control-allow-headers': 'content-type, content-encoding, traceparent',
        'access-control-max-age': '86400',
      })
      .code(204)
      .send(),
  )
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfterSeconds !== undefined)
    reply.headers({ 'retry-after': problem.retryAfterSeconds, 'access-control-expose-headers': 'retry-after' })
  return reply.code(problem.statusCode).send({ code: problem.code, message: problem.message })
}

/** Fastify's own refusals, in our words. */
function toProblem(error: FastifyError): Problem {
  const codes: Record<number, ProblemCode> = {
    404: 'not_found',
    408: 'unreadable_request',
    413: 'body_too_large',
    414: 'unreadable_request',
    415: 'unsupported_media_type',
    431: 'unreadable_request',
    503: 'draining',
  }
  const status = error.statusCode ?? 500
  const code = codes[status] ?? (status >= 400 && status < 500 ? 'unreadable_body' : 'internal')
  return new Problem(code, { cause: error })
}
