/** What the process that answers a question in SQL is told, and what it tells: plain data. */
import type { FactsErrorCode } from '../shapes/facts-error.ts'

/** `rows` come with the answer; the others are written to `path`. */
export type QuestionFormat = 'rows' | 'csv' | 'parquet'

export type QuestionLimits = {
  timeoutMs: number
  memoryMb: number
  threads: number
  /** Of `rows` what is beyond is left out, and said; a file with more is refused. */
  maxRows: number
  maxBytes: number
}

export type QuestionTask = {
  sql: string
  /** Days' folders of one site, and what counts of them: epoch milliseconds, `to` is not in it. */
  files: readonly string[]
  from: number
  to: number
  format: QuestionFormat
  /** Of a file that is not there yet. */
  path: string | undefined
  limits: QuestionLimits
}

export type SqlCell = string | number | boolean | null
/** `type` as DuckDB names it: `INTEGER`, `VARCHAR`, `DECIMAL(18,3)`. */
export type SqlColumn = { name: string; type: string }

export type SqlTable = {
  columns: readonly SqlColumn[]
  /** Empty where a file was written. What JSON has no value for is text. */
  rows: readonly (readonly SqlCell[])[]
  rowCount: number
  /** There are more than these. */
  isCut: boolean
}

export type QuestionErrorCode =
  | FactsErrorCode
  /** The process was ended from outside: by the system, for its memory. */
  | 'ended'
  /** Whoever asked has gone. */
  | 'cancelled'

export const tooLarge = 'This needs more memory than it may have: ask for fewer days, or less.'

/** Where in the SQL, both from 1. */
export type Place = { line: number; column: number }

export class QuestionError extends Error {
  readonly code: QuestionErrorCode
  readonly place: Place | undefined

  constructor(code: QuestionErrorCode, message: string, place?: Place) {
    super(message)
    this.code = code
    this.place = place
  }
}

export type FromQuestion =
  | { kind: 'begun' }
  | { kind: 'done'; table: SqlTable }
  | { kind: 'failed'; code: QuestionErrorCode; message: string; place: Place | undefined }

/** @param bytes as DuckDB counts them, in UTF-8 */
export function placeIn(sql: string, bytes: number): Place | undefined {
  const all = Buffer.from(sql)
  // What stands nowhere has the largest number.
  if (!(bytes >= 0 && bytes <= all.length)) return undefined
  const lines = all.subarray(0, bytes).toString().split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}
