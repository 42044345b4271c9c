/**
 * Every answer of the endpoint that is no success: code, status, sentence. Messages never repeat what was sent.
 */
export const problems = {
  unreadable_body: { status: 400, message: 'The body must be a JSON object as docs/api.md describes it.' },
  unreadable_request: { status: 400, message: 'This is not a request that can be read.' },
  bad_event: { status: 400, message: 'The parameters do not make an event: url must be an absolute address.' },
  not_authorized: { status: 401, message: 'This needs the header "Authorization: Bearer TOKEN" of the administrator.' },
  unknown_site: { status: 403, message: 'This site is not registered here.' },
  origin_not_allowed: { status: 403, message: 'This site does not take events from this origin.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  body_too_large: { status: 413, message: 'A request may have 512 KiB, decoded, and 500 events.' },
  unsupported_media_type: { status: 415, message: 'Send text/plain or application/json.' },
  unsupported_encoding: { status: 415, message: 'The body may be plain, gzip or zstd.' },
  too_many_requests: { status: 429, message: 'Too many requests; try again later.' },
  overloaded: { status: 503, message: 'Too much is waiting to be stored; try again.' },
  unavailable: { status: 503, message: 'This cannot be stored right now; try again.' },
  draining: { status: 503, message: 'This endpoint is about to stop; another one takes over.' },
  internal: { status: 500, message: 'This is a fault of ours; it was logged.' },
} as const

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly statusCode: number
  /** Seconds after which the client should try again, on 429 and 503. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, options?: { cause?: unknown; retryAfterSeconds?: number }) {
    super(problems[code].message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.statusCode = problems[code].status
    const comesAgain = this.statusCode === 429 || this.statusCode === 503
    this.retryAfterSeconds = comesAgain ? (options?.retryAfterSeconds ?? 1) : undefined
  }
}
