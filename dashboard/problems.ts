/** Every answer of the dashboard that is no success: code, status, sentence. What was sent is never repeated. */
export const problems = {
  bad_parameter: { status: 400, message: 'A parameter cannot be used.' },
  bad_sql: { status: 400, message: 'This is no question in SQL.' },
  sql_not_allowed: { status: 400, message: 'This may not be asked in SQL.' },
  sql_too_large: {
    status: 400,
    message: 'This takes longer, or needs more memory, than it may: ask for fewer days, or less.',
  },
  bad_body: { status: 400, message: 'The body cannot be used.' },
  not_signed_in: { status: 401, message: 'Sign in, or send the header "Authorization: Bearer TOKEN".' },
  wrong_origin: { status: 403, message: 'This may only be done from the dashboard itself.' },
  not_allowed: { status: 403, message: 'Your role does not allow this.' },
  wrong_password: { status: 403, message: 'This is not your password.' },
  member_elsewhere: {
    status: 403,
    message: 'They are at a site too that is not yours: ask the administrator.',
  },
  unknown_site: { status: 404, message: 'There is no such site.' },
  unknown_generation: { status: 404, message: 'There is no such generation, or nothing of it is kept.' },
  unknown_member: { status: 404, message: 'There is no such member.' },
  unknown_invitation: { status: 404, message: 'There is no such invitation: it was used, revoked, or is too old.' },
  unknown_reset: { status: 404, message: 'There is no such link: it was used, revoked, or is too old.' },
  unknown_token: { status: 404, message: 'There is no such token.' },
  unknown_anomaly: { status: 404, message: 'There is no such anomaly at this site.' },
  unknown_note: { status: 404, message: 'There is no such note at this site.' },
  unknown_segment: { status: 404, message: 'There is no such segment at this site.' },
  unknown_goal: { status: 404, message: 'There is no such goal at this site.' },
  unknown_funnel: { status: 404, message: 'There is no such funnel at this site.' },
  unknown_visit: { status: 404, message: 'There is no such visit in this period.' },
  unknown_channel: { status: 404, message: 'Nobody of that name is told of this site.' },
  unknown_link: { status: 404, message: 'There is no such link.' },
  nothing_archived: { status: 404, message: 'Nothing that arrived on these days is archived.' },
  not_found: { status: 404, message: 'There is nothing at this address.' },
  site_closed: { status: 409, message: 'This site is closed: all its data are erased.' },
  site_exists: { status: 409, message: 'There is a site of this name already.' },
  replay_not_ready: { status: 409, message: 'Only a replay that is ready can be published.' },
  replay_not_published: { status: 409, message: 'This replay is not published.' },
  replay_is_published: { status: 409, message: 'This replay is published. Roll it back first.' },
  replay_is_dropped: { status: 409, message: 'This replay was dropped already.' },
  replay_in_use: { status: 409, message: 'Its figures may still be in use. Try again later.' },
  too_many_publications: { status: 409, message: 'Too much is published. Roll back what no longer matters.' },
  no_mail_server: { status: 409, message: 'No mail server is set here (RETRACE_SMTP_URL).' },
  too_many_confirmations: {
    status: 429,
    message: 'Too many addresses of this site were asked today. Try again tomorrow.',
  },
  too_many_entries: { status: 409, message: 'There are too many of these. Take away what is not used.' },
  body_too_large: { status: 413, message: 'The body is too large.' },
  unsupported_media_type: { status: 415, message: 'Send application/json; to a form, what forms send.' },
  too_many_attempts: { status: 429, message: 'Too many wrong tokens or passwords. Wait a minute.' },
  too_many_viewers: { status: 503, message: 'Too many pages are being watched live. Close some, or try again.' },
  too_many_passwords: { status: 503, message: 'Too many people are signing in. Try again.' },
  too_many_exports: { status: 503, message: 'Other archives are being downloaded. Try again when they are done.' },
  too_many_questions: { status: 503, message: 'Another question is being answered. Ask again when that is done.' },
  too_many_traces: { status: 503, message: 'Another event is being traced. Try again when that is done.' },
  trace_too_long: {
    status: 503,
    message: 'These days are too large to be searched while you wait: npm run trace does it.',
  },
  facts_too_large: {
    status: 503,
    message: 'This takes too long to be counted while you wait. Choose fewer days, or fewer filters.',
  },
  facts_failed: { status: 503, message: 'What filters are answered from cannot be made of the archive.' },
  unavailable: { status: 503, message: 'The figures cannot be read right now; try again.' },
  internal: { status: 500, message: 'This is a fault of ours; it was logged.' },
} as const

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly statusCode: number
  /** Seconds after which the client should try again. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, options: { message?: string; cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(options.message ?? problems[code].message, { cause: options.cause })
    this.code = code
    this.statusCode = problems[code].status
    this.retryAfterSeconds = options.retryAfterSeconds ?? (this.statusCode === 503 ? 1 : undefined)
  }
}

/** Faults of the AWS client that pass: DynamoDB is away, slow or throttles us. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('$retryable' in error && error.$retryable !== undefined) return true
  if ('$fault' in error && error.$fault === 'server') return true
  return 'code' in error && connectionErrors.has(String(error.code))
}

const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'])
