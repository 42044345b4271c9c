import type { FastifyInstance } from 'fastify'

/**
 * Nothing is loaded from elsewhere, nothing inline runs, nobody may frame the page. `same-origin`, not
 * `no-referrer`: with that, browsers send `Origin: null` with forms, and the guard could not tell ours.
 */
const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    // Answers are somebody's figures: no cache between us and them keeps a copy.
    reply.header('cache-control', 'no-store')
    // A year of https only, once the page was reached by https (RFC 6797).
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  })
}
