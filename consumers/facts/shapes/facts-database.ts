/**
 * Asks DuckDB about files of facts, within bounds: it reads these files and nothing else, neither writes nor loads
 * anything, and a question that takes too long or too much memory is ended with a message that says so.
 */
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { listTexts, pathsOf, selectFacts } from './fact-columns.ts'

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

export type FactsLimits = { memoryMb: number; threads: number; timeoutMs: number; maxRows: number }

export type FactsTable = {
  columns: readonly string[]
  rows: readonly (readonly DuckDBValue[])[]
  /** There were more than `maxRows`. */
  isCut: boolean
}

/** How exactly a time limit is kept. */
const interruptMs = 50

/** Days' folders, of which the view `facts` is what counts from `from` up to `to`, epoch milliseconds; or the folder that they are in. */
export type FactsPlace = { files: readonly string[]; from: number; to: number } | { folder: string }

export class FactsDatabase {
  readonly #instance: DuckDBInstance
  readonly #limits: FactsLimits

  private constructor(instance: DuckDBInstance, limits: FactsLimits) {
    this.#instance = instance
    this.#limits = limits
  }

  static async open(place: FactsPlace, limits: FactsLimits): Promise<FactsDatabase> {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${limits.memoryMb}MB`,
      threads: String(limits.threads),
      // What does not fit into memory is refused: nobody's question fills the disk.
      max_temp_directory_size: '0KB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    })
    const connection = await instance.connect()
    try {
      const allowed =
        'files' in place
          ? `allowed_paths = [${listTexts(place.files.flatMap(pathsOf))}]`
          : `allowed_directories = [${listTexts([place.folder])}]`
      // Files do not change under their names.
      await connection.run('SET parquet_metadata_cache = true')
      await connection.run(`SET ${allowed}`)
      await connection.run('SET enable_external_access = false')
      if ('files' in place)
        await connection.run(
          `CREATE VIEW facts AS SELECT * FROM (${selectFacts(place.files)})
             WHERE "time" >= make_timestamp_ms(${Math.round(place.from)}) AND "time" < make_timestamp_ms(${Math.round(place.to)})`,
        )
      await connection.run('SET lock_configuration = true')
    } finally {
      connection.closeSync()
    }
    return new FactsDatabase(instance, limits)
  }

  /**
   * One statement.
   *
   * @param values by name, for `$name`
   * @throws FactsError
   */
  async ask(sql: string, values: Record<string, DuckDBValue> = {}): Promise<FactsTable> {
    const { timeoutMs, maxRows } = this.#limits
    const connection = await this.#instance.connect()
    const startedAt = performance.now()
    let isLate = false
    // An interruption that comes before the work has begun is lost: so again and again.
    const timer = setInterval(
      () => {
        isLate ||= performance.now() - startedAt >= timeoutMs
        if (isLate) connection.interrupt()
      },
      Math.min(timeoutMs, interruptMs),
    )
    try {
      const reader = await connection.streamAndReadUntil(sql, maxRows + 1, values)
      if (isLate) throw tooSlow(timeoutMs, undefined)
      const rows = reader.getRows()
      return { columns: reader.deduplicatedColumnNames(), rows: rows.slice(0, maxRows), isCut: rows.length > maxRows }
    } catch (error) {
      if (error instanceof FactsError) throw error
      throw isLate ? tooSlow(timeoutMs, error) : toFactsError(error)
    } finally {
      clearInterval(timer)
      // A result that was not read to its end goes with its connection.
      connection.closeSync()
    }
  }

  close(): void {
    this.#instance.closeSync()
  }
}

function tooSlow(timeoutMs: number, cause: unknown): FactsError {
  return new FactsError(
    'too_slow',
    `This takes longer than ${timeoutMs / 1000} seconds: ask for fewer days, or less.`,
    {
      cause,
    },
  )
}

/** DuckDB's messages begin with the kind of error. */
const kinds: readonly (readonly [start: string, code: FactsErrorCode])[] = [
  ['Out of Memory Error', 'too_large'],
  ['Permission Error', 'not_allowed'],
  ['IO Error', 'no_files'],
]

function toFactsError(error: unknown): FactsError {
  const message = error instanceof Error ? error.message : String(error)
  const code = kinds.find(([start]) => message.startsWith(start))?.[1] ?? 'bad_sql'
  const told = code === 'too_large' ? 'This needs more memory than it may have: ask for fewer days, or less.' : message
  return new FactsError(code, told, { cause: error })
}
