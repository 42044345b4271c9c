/** Why facts give no answer. By itself, so that who tells one from the other needs no database. */
export type FactsErrorCode =
  /** It took longer than it may. */
  | 'too_slow'
  /** It needs more memory than it may have. */
  | 'too_large'
  /** It asks for what it may not: other files, settings, writing. */
  | 'not_allowed'
  /** It is no SQL, or names what is not there. */
  | 'bad_sql'
  /** A file is not there any more, or is none of facts: ask for the files again. */
  | 'no_files'

export class FactsError extends Error {
  readonly code: FactsErrorCode

  constructor(code: FactsErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
  }
}

export function tooSlow(timeoutMs: number, cause?: unknown): FactsError {
  return new FactsError(
    'too_slow',
    `This takes longer than ${timeoutMs / 1000} seconds: ask for fewer days, or less.`,
    {
      cause,
    },
  )
}
