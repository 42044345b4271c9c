/**
 * Every answer of the endpoint that is no success: code, status, sentence. Messages never repeat what was sent.
 */
export const problems = {
  unreadable_body: { status: 400, message: 'The body must be a JSON object as docs/api.md describes it.' },
  unknown_site: { status: 403, message: 'This site is not registered here.' },
  origin_not_allowed: { status: 403, message: 'This site does not take events from this origin.' },
  not_authorized: { status: 401, message: 'This needs the header "Authorization: Bearer TOKEN" of the administrator.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  body_too_large: { status: 413, message: 'A request may have 512 KiB and 500 events.' },
  unsupported_media_type: { status: 415, message: 'Send text/plain or application/json.' },
  overloaded: { status: 503, message: 'Too much is waiting to be stored; try again.' },
  unavailable: { status: 503, message: 'This cannot be stored right now; try again.' },
  internal: { status: 500, message: 'This is a fault of ours; it was logged.' },
} as const

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly statusCode: number
  /** Seconds after which the client should try again, on 503. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, options?: { cause?: unknown; retryAfterSeconds?: number }) {
    super(problems[code].message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.statusCode = problems[code].status
    this.retryAfterSeconds = this.statusCode === 503 ? (options?.retryAfterSeconds ?? 1) : undefined
  }
}
