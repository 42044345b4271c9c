/** Stands before every route: looks its permission up, and the credentials of the request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems.ts'
import { type Access, judge, type Question } from './access.ts'
import { type CredentialsOptions, findCredentials } from './credentials.ts'
import { type Permission, permissions } from './permissions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of whoever asks; none at a public route. */
    accesses: readonly Access[]
    /** Asks again whether this may go on, of an answer that takes long. */
    isStillAllowed(): Promise<boolean>
  }
}

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS'])

/** @throws when a route is registered that permissions.ts does not know */
export function registerGuard(app: FastifyInstance, options: CredentialsOptions): void {
  app.decorateRequest('accesses', undefined as unknown as readonly Access[])
  app.decorateRequest('isStillAllowed', async () => false)

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
    request.accesses = []
    const permission = permissions[
      `${method === 'HEAD' || Array.isArray(method) ? 'GET' : method} ${url}`
    ] as Permission
    if (permission === 'mailed-link') return
    if (permission === 'public') {
      if (!readOnly.has(request.method)) requireSameOrigin(request)
      return
    }
    const { accesses, byCookie } = await findCredentials(request, options)
    const judgement = judge(permission, accesses, questionOf(request))
    if (judgement === 'not_signed_in' && isPage(permission)) return redirect(reply, '/sign-in')
    if (judgement === 'not_allowed' && isPage(permission)) return redirect(reply, '/')
    if (judgement !== 'allowed') throw new Problem(judgement)
    if (byCookie && !readOnly.has(request.method)) requireSameOrigin(request)
    request.accesses = accesses
    request.isStillAllowed = async () => {
      const again = await findCredentials(request, options)
      return judge(permission, again.accesses, questionOf(request)) === 'allowed'
    }
  })
}

function questionOf({ params, query }: FastifyRequest): Question {
  const { site } = params as { site?: string }
  return { site, generation: 'generation' in (query as object) }
}

function isPage(permission: Permission): boolean {
  return permission === 'page' || permission === 'administrator-page'
}

/**
 * Browsers send cookies with requests that other sites make, and say where a request comes from: `Origin` on
 * everything but plain reads. SameSite=Lax keeps most of these out; this keeps out the rest (other ports and
 * subdomains are the same site).
 */
function requireSameOrigin(request: FastifyRequest): void {
  const { origin } = request.headers
  // Both as URLs, which drop the port that goes without saying.
  const own = ownOrigin(request)
  const same =
    origin !== undefined && URL.canParse(origin) && URL.canParse(own) && new URL(origin).host === new URL(own).host
  if (!same) throw new Problem('wrong_origin')
}

/** Where the dashboard is, as whoever asks sees it. */
export function ownOrigin({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`
}

function redirect(reply: FastifyReply, path: string): FastifyReply {
  return reply.redirect(path, 303)
}
