/**
 * Asks DuckDB about files of facts, within bounds: it reads these files and nothing else, neither writes nor loads
 * anything, and a question that takes too long or too much memory is ended with a message that says so.
 */
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue, listValue } from '@duckdb/node-api'
import { listTexts, pathsOf, selectFacts } from './fact-columns.ts'
import { FactsError, type FactsErrorCode, tooSlow } from './facts-error.ts'

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
      temp_directory: '',
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
   * @param values by name, for `$name`; several are a list
   * @throws FactsError
   */
  ask(sql: string, values: Record<string, DuckDBValue | readonly string[]> = {}): Promise<FactsTable> {
    const { maxRows } = this.#limits
    return this.#within(async (connection) => {
      const bound = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toDuckDb(value)]))
      const reader = await connection.streamAndReadUntil(sql, maxRows + 1, bound)
      const rows = reader.getRows()
      return { columns: reader.deduplicatedColumnNames(), rows: rows.slice(0, maxRows), isCut: rows.length > maxRows }
    })
  }

  /** Ends what takes longer than it may. */
  async #within<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { timeoutMs } = this.#limits
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
      const result = await work(connection)
      if (isLate) throw tooSlow(timeoutMs)
      return result
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

/** DuckDB's messages begin with the kind of error. */
const kinds: readonly (readonly [start: string, code: FactsErrorCode])[] = [
  ['Out of Memory Error', 'too_large'],
  ['Permission Error', 'not_allowed'],
  ['IO Error', 'no_files'],
]

function toDuckDb(value: DuckDBValue | readonly string[]): DuckDBValue {
  return Array.isArray(value) ? listValue(value as string[]) : (value as DuckDBValue)
}

function toFactsError(error: unknown): FactsError {
  const message = error instanceof Error ? error.message : String(error)
  const code = kinds.find(([start]) => message.startsWith(start))?.[1] ?? 'bad_sql'
  const told = code === 'too_large' ? 'This needs more memory than it may have: ask for fewer days, or less.' : message
  return new FactsError(code, told, { cause: error })
}
