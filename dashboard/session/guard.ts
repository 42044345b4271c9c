/** Stands before every route: looks its permission up, and the credentials of the request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems.ts'
import { permissions } from './permissions.ts'
import { type Sessions, sessionCookie } from './session.ts'
import { retryAfterSeconds, type Throttle } from './throttle.ts'

export type GuardOptions = { sessions: Sessions; throttle: Throttle; now: () => number }

const readOnly = new Set(['GET', 'HEAD'])

/** @throws when a route is registered that permissions.ts does not know */
export function registerGuard(app: FastifyInstance, options: GuardOptions): void {
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      // Fastify adds HEAD to every GET; it is the same route.
      const key = `${method === 'HEAD' ? 'GET' : method} ${route.url}`
      if (!permissions[key]) throw new Error(`${key} has no permission in dashboard/session/permissions.ts`)
    }
  })

  app.addHook('onRequest', async (request, reply) => {
    const { method, url } = request.routeOptions
    // No route: the answer is 404, and tells nothing.
    if (url === undefined) return
    const permission = permissions[`${method === 'HEAD' || Array.isArray(method) ? 'GET' : method} ${url}`]
    if (permission === 'public') {
      if (!readOnly.has(request.method)) requireSameOrigin(request)
      return
    }
    if (isSignedIn(request, options)) return
    if (permission === 'administrator-page') return redirectToSignIn(reply)
    throw new Problem('not_signed_in')
  })
}

/** @throws Problem when the token is wrong, or the address has guessed too often */
function isSignedIn(request: FastifyRequest, { sessions, throttle, now }: GuardOptions): boolean {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) {
    // Counted apart from the form: a script with an old token keeps nobody from signing in.
    const guesser = `bearer ${request.ip}`
    if (!throttle.allows(guesser)) throw new Problem('too_many_attempts', { retryAfterSeconds })
    if (sessions.isToken(bearer)) return true
    throttle.failed(guesser)
    return false
  }
  const cookie = request.cookies[sessionCookie]
  if (cookie === undefined || !sessions.isSession(cookie, now())) return false
  if (!readOnly.has(request.method)) requireSameOrigin(request)
  return true
}

/**
 * Browsers send cookies with requests that other sites make, and say where a request comes from: `Origin` on
 * everything but plain reads. SameSite=Lax keeps most of these out; this keeps out the rest (other ports and
 * subdomains are the same site).
 */
function requireSameOrigin(request: FastifyRequest): void {
  const { origin } = request.headers
  // Both as URLs, which drop the port that goes without saying.
  const own = `${request.protocol}://${request.host}`
  const same =
    origin !== undefined && URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host
  if (!same) throw new Problem('wrong_origin')
}

function redirectToSignIn(reply: FastifyReply): FastifyReply {
  return reply.redirect('/sign-in', 303)
}
