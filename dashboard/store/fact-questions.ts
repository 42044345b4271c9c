/** Questions to DuckDB about facts, and their answers, which are kept: files never change under their names. */
import { LRUCache } from 'lru-cache'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import type { Sql } from '../query/visit-sql.ts'

export type FactRow = readonly unknown[]

export type FactQuestions = {
  /** @throws FactsError */
  ask(sql: Sql): Promise<readonly FactRow[]>
}

/** Of kept answers: a row of figures is some 200 bytes. */
const mostKeptRows = 100_000

/** @param read gives work its turn at the database */
export function createFactQuestions(
  read: <T>(work: (database: FactsDatabase) => Promise<T>) => Promise<T>,
): FactQuestions {
  const kept = new LRUCache<string, readonly FactRow[]>({
    maxSize: mostKeptRows,
    sizeCalculation: (rows) => rows.length + 1,
  })
  const asking = new Map<string, Promise<readonly FactRow[]>>()

  return {
    async ask(sql) {
      const name = JSON.stringify(sql)
      const known = kept.get(name) ?? asking.get(name)
      if (known) return known
      const answer = read(async (database) => (await database.ask(sql.text, { ...sql.values })).rows)
      asking.set(name, answer)
      try {
        const rows = await answer
        if (rows.length < mostKeptRows / 10) kept.set(name, rows)
        return rows
      } finally {
        asking.delete(name)
      }
    },
  }
}
