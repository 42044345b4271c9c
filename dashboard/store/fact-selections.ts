/**
 * Facts under the same conditions as tables in memory. A dozen lists of an overview are about the same facts, and to read
 * them out of the files takes longer than all that is counted of them afterwards (docs/measurements.md).
 */
import { LRUCache } from 'lru-cache'
import { factsSql, type Selected, type Source, type Sql, sourceOf } from '../query/fact-sql.ts'

export type Selections = {
  /** @param use works on the facts until it is done; nothing of them is dropped before */
  use<T>(selected: Selected, use: (facts: Source) => Promise<T>): Promise<T>
}

type Selection = { made: Promise<Source>; table: string; users: number; isEvicted: boolean }

/** Those of an overview are two: of the period, and of the one that it is compared with. */
const mostSelections = 3
/** The rest is for counting: hash tables of what is joined, and of visitors. */
const shareOfMemory = 0.6
/** What DuckDB takes in memory: 16 bytes a text, empty or not, and 4 or 8 a number. */
const factBytes = 80
const valuesBytes = 250

/**
 * @param ask one statement, in its turn
 * @param memoryBytes that answers may take in all
 */
export function createSelections(
  ask: (sql: Sql) => Promise<readonly (readonly unknown[])[]>,
  memoryBytes: number,
): Selections {
  const bytes = (memoryBytes * shareOfMemory) / mostSelections
  const mostFacts = Math.floor(bytes / 2 / factBytes)
  const mostValues = Math.floor(bytes / 2 / valuesBytes)
  let count = 0
  // Whatever is left of them goes with the process.
  const dropTable = (table: string) => ask({ text: `DROP TABLE IF EXISTS ${table}`, values: {} }).catch(() => {})
  const drop = ({ table }: Selection) => {
    for (const part of ['facts', 'lists', 'visits']) void dropTable(`${table}_${part}`)
  }
  const known = new LRUCache<string, Selection>({
    max: mostSelections,
    dispose(selection) {
      selection.isEvicted = true
      if (selection.users === 0) drop(selection)
    },
  })

  /** @returns undefined when it would be more rows than these */
  async function makeTable(table: string, { text, values }: Sql, most: number): Promise<string | undefined> {
    // One more than may be, to know whether there are more.
    const [[rows] = []] = await ask({ text: `CREATE TABLE ${table} AS ${text} LIMIT ${most + 1}`, values })
    if (Number(rows) <= most) return table
    await dropTable(table)
    return undefined
  }

  async function make(selected: Selected, table: string): Promise<Source> {
    const files = sourceOf(selected)
    const facts = await makeTable(`${table}_facts`, factsSql(selected), mostFacts)
    if (facts === undefined) return files
    // Only those that are needed: what joins them to the facts then looks through a few.
    const valuesOf = async (part: 'lists' | 'visits', number: string) => {
      const text = `SELECT * FROM ${files[part]} WHERE ${number} IN (SELECT ${number} FROM ${facts})`
      return (await makeTable(`${table}_${part}`, { text, values: {} }, mostValues)) ?? files[part]
    }
    const [lists, visits] = await Promise.all([valuesOf('lists', 'list'), valuesOf('visits', 'visit')])
    return { facts, lists, visits, values: {} }
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
