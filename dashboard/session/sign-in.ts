/** Sign-in by link (printed at start) or form, and sign-out. */
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Assets, sendAsset } from '../assets.ts'
import { type Sessions, sessionCookie, sessionMs } from './session.ts'
import type { Throttle } from './throttle.ts'

export type SignInOptions = { sessions: Sessions; throttle: Throttle; assets: Assets; now: () => number }

/** A token and what a browser wraps it in. */
const maxFormBytes = 4096

export function registerSignIn(app: FastifyInstance, options: SignInOptions): void {
  const { sessions, throttle, assets, now } = options

  function attempt(request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply {
    const guesser = `sign-in ${request.ip}`
    if (!throttle.allows(guesser)) return refuse(request, reply, 429, 'sign-in-throttled.html')
    if (!sessions.isToken(token)) {
      throttle.failed(guesser)
      return refuse(request, reply, 401, 'sign-in-wrong.html')
    }
    return reply
      .setCookie(sessionCookie, sessions.issue(now()), { ...cookieOptions(request), maxAge: sessionMs / 1000 })
      .redirect('/', 303)
  }

  function refuse(request: FastifyRequest, reply: FastifyReply, status: number, document: string): FastifyReply {
    return sendAsset(request, reply.code(status), assets, document)
  }

  app.get<{ Querystring: { token?: string } }>('/sign-in', async (request, reply) => {
    const { token } = request.query
    if (typeof token === 'string' && token !== '') return attempt(request, reply, token)
    const session = request.cookies[sessionCookie]
    if (session !== undefined && sessions.isSession(session, now())) return reply.redirect('/', 303)
    return sendAsset(request, reply, assets, 'sign-in.html')
  })

  app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: maxFormBytes },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
    )
    forms.post<{ Body: { token?: string } | undefined }>('/sign-in', async (request, reply) =>
      attempt(request, reply, String(request.body?.token ?? '').trim()),
    )
    forms.post('/sign-out', async (request, reply) =>
      reply.clearCookie(sessionCookie, cookieOptions(request)).redirect('/sign-in', 303),
    )
  })
}

export function registerCookies(app: FastifyInstance): void {
  app.register(cookie)
}

function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const
}
