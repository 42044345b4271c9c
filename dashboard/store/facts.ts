/** Facts of sites (consumers/facts), and answers about them that are kept: files never change under their names. */
import { availableParallelism } from 'node:os'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { LRUCache } from 'lru-cache'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { createSiteFacts, type FactsAnswer } from '../../consumers/facts/shapes/site-facts.ts'
import type { Selected, Source, Sql } from '../query/fact-sql.ts'
import type { View } from '../query/view.ts'
import { createSelections } from './fact-selections.ts'

export type FactRow = readonly unknown[]

export type FactStore = {
  /** @throws Error with a code when facts cannot be made */
  find(site: string, period: { from: number; to: number }, view: View): Promise<FactsAnswer>
  /**
   * Facts that several questions are about: read once, where they are not too many.
   *
   * @throws FactsError
   */
  select<T>(selected: Selected, use: (facts: Source) => Promise<T>): Promise<T>
  /** @throws FactsError */
  ask(sql: Sql): Promise<readonly FactRow[]>
  close(): void
}

/** How facts are kept and asked: settings RETRACE_FACTS_… */
export type FactsPlace = { stream: string; folder: string; maxMb: number; memoryMb: number; timeoutMs: number }

type Stores = { dynamo: DynamoDBClient; s3: S3Client; tablePrefix: string; bucket: string; now: () => number }

/** Of kept answers: a row of figures is some 200 bytes. */
const mostKeptRows = 100_000
/** A question that answers with more rows than this is none of ours: visitors of a busy year. */
const maxRows = 5_000_000
/** Questions that are under way at once; the others wait for their turn. */
const parallel = 2

export function createFactStore(stores: Stores, place: FactsPlace): FactStore {
  const { folder, stream, maxMb, memoryMb, timeoutMs } = place
  const facts = createSiteFacts({ ...stores, stream, folder, maxBytes: maxMb * 1024 * 1024 })
  const kept = new LRUCache<string, readonly FactRow[]>({
    maxSize: mostKeptRows,
    sizeCalculation: (rows) => rows.length + 1,
  })
  const asking = new Map<string, Promise<readonly FactRow[]>>()
  const inTurn = turns(parallel)
  let opened: Promise<FactsDatabase> | undefined

  /** Not before somebody asks: the library is large, and most dashboards are looked at without filters. */
  async function open(): Promise<FactsDatabase> {
    const { FactsDatabase } = await import('../../consumers/facts/shapes/facts-database.ts')
    const threads = Math.min(4, availableParallelism())
    return FactsDatabase.open({ folder }, { memoryMb, threads, timeoutMs, maxRows })
  }

  async function askNow({ text, values }: Sql): Promise<readonly FactRow[]> {
    opened ??= open()
    const database = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return (await database.ask(text, { ...values })).rows
  }

  const selections = createSelections((sql) => inTurn(() => askNow(sql)), memoryMb * 1024 * 1024)

  return {
    select: (selected, use) => selections.use(selected, use),
    find: (site, period, view) => facts.find(site, period, (segment) => view.generationOf(site, segment)),
    async ask(sql) {
      const name = JSON.stringify(sql)
      const known = kept.get(name) ?? asking.get(name)
      if (known) return known
      const answer = inTurn(() => askNow(sql))
      asking.set(name, answer)
      try {
        const rows = await answer
        if (rows.length < mostKeptRows / 10) kept.set(name, rows)
        return rows
      } finally {
        asking.delete(name)
      }
    },
    close() {
      facts.close()
      void opened?.then((database) => database.close()).catch(() => {})
    },
  }
}

/** Lets so many work at once, in the order in which they came. */
function turns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The turn is handed on.
      if (next) next()
      else running -= 1
    }
  }
}
