/**
 * Facts under the same conditions as tables in memory. A dozen lists of an overview are about the same facts, and to read
 * them out of the files takes longer than all that is counted of them afterwards (docs/measurements.md).
 */
import { LRUCache } from 'lru-cache'
import { factsSql, type Selected, type Sql } from '../query/fact-sql.ts'

export type Selections = {
  /** @param use works on the facts until it is done; nothing of them is dropped before */
  use<T>(selected: Selected, use: (facts: Sql) => Promise<T>): Promise<T>
}

/** `made`: a table, or where the facts are too many, what reads them out of the files. */
type Selection = { made: Promise<Sql>; table: string; users: number; isEvicted: boolean }

/** A row takes some half KiB: with these it stays far below the memory that answers may take. */
const mostRows = 100_000
const mostSelections = 3

/** @param ask one statement, in its turn */
export function createSelections(ask: (sql: Sql) => Promise<readonly (readonly unknown[])[]>): Selections {
  let count = 0
  const drop = ({ table }: Selection) => {
    // Whatever is left of it goes with the process.
    void ask({ text: `DROP TABLE IF EXISTS ${table}`, values: {} }).catch(() => {})
  }
  const known = new LRUCache<string, Selection>({
    max: mostSelections,
    dispose(selection) {
      selection.isEvicted = true
      if (selection.users === 0) drop(selection)
    },
  })

  async function make(selected: Selected, table: string): Promise<Sql> {
    const { text, values } = factsSql(selected)
    // One more than may be, to know whether there are more.
    const limited = `CREATE TABLE ${table} AS ${text} LIMIT ${mostRows + 1}`
    await ask({ text: limited, values })
    const [[rows] = []] = await ask({ text: `SELECT count(*)::INTEGER FROM ${table}`, values: {} })
    if ((rows as number) <= mostRows) return { text: `SELECT * FROM ${table}`, values: {} }
    await ask({ text: `DROP TABLE ${table}`, values: {} })
    return { text, values }
  }

  return {
    async use(selected, use) {
      const name = JSON.stringify(selected)
      let selection = known.get(name)
      if (!selection) {
        count += 1
        const table = `selection_${count}`
        selection = { made: make(selected, table), table, users: 0, isEvicted: false }
        known.set(name, selection)
        // It is tried again by whoever asks next.
        selection.made.catch(() => known.delete(name))
      }
      selection.users += 1
      try {
        return await use(await selection.made)
      } finally {
        selection.users -= 1
        if (selection.isEvicted && selection.users === 0) drop(selection)
      }
    },
  }
}
