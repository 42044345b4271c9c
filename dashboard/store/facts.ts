/** Facts of sites (consumers/facts), and figures of them. */
import { availableParallelism } from 'node:os'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import type { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { createSiteFacts, type FactsAnswer } from '../../consumers/facts/shapes/site-facts.ts'
import { createSqlQuestions, type SqlQuestions } from '../../consumers/facts/shapes/sql-questions.ts'
import type { View } from '../query/view.ts'
import { createFactBlocks } from './fact-blocks.ts'
import { createFactFigures, type FactFigures } from './fact-figures.ts'
import { createFactQuestions, type FactQuestions } from './fact-questions.ts'

export type FactStore = FactFigures &
  FactQuestions & {
    /** @throws Error with a code when facts cannot be made */
    find(site: string, period: { from: number; to: number }, view: View): Promise<FactsAnswer>
    /** Questions of people, in SQL of theirs. */
    sql: SqlQuestions
    close(): void
  }

/** How facts are kept and asked: settings RETRACE_FACTS_… */
export type FactsPlace = { stream: string; folder: string; maxMb: number; memoryMb: number; timeoutMs: number }

type Stores = { dynamo: DynamoDBClient; s3: S3Client; tablePrefix: string; bucket: string; now: () => number }

/** Values of a dimension on one day; more rows than this are none of ours. */
const maxRows = 5_000_000
/** What is read at once; the rest waits for its turn. */
const parallel = 2
/** Of the memory that answers may take: the rest is what DuckDB reads files with. */
const shareOfBlocks = 0.6

export function createFactStore(stores: Stores, place: FactsPlace): FactStore {
  const { folder, stream, maxMb } = place
  const facts = createSiteFacts({ ...stores, stream, folder, maxBytes: maxMb * 1024 * 1024 })
  const { figures, events, ask, close } = openFigures(place)
  return {
    figures,
    events,
    ask,
    sql: createSqlQuestions(folder, { memoryMb: place.memoryMb, timeoutMs: place.timeoutMs }),
    find: (site, period, view) => facts.find(site, period, (segment) => view.generationOf(site, segment)),
    close() {
      facts.close()
      close()
    },
  }
}

/** Answers of whatever facts lie in a folder. */
export function openFigures({
  folder,
  memoryMb,
  timeoutMs,
}: Omit<FactsPlace, 'stream' | 'maxMb'>): FactFigures & FactQuestions & { close(): void } {
  const inTurn = turns(parallel)
  let opened: Promise<FactsDatabase> | undefined

  /** Not before somebody asks: the library is large, and most dashboards are looked at without filters. */
  async function open(): Promise<FactsDatabase> {
    const { FactsDatabase } = await import('../../consumers/facts/shapes/facts-database.ts')
    const threads = Math.min(4, availableParallelism())
    const ofReading = Math.floor(memoryMb * (1 - shareOfBlocks))
    return FactsDatabase.open({ folder }, { memoryMb: ofReading, threads, timeoutMs, maxRows })
  }

  async function read<T>(work: (database: FactsDatabase) => Promise<T>): Promise<T> {
    opened ??= open()
    const database = await opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return inTurn(() => work(database))
  }

  const blocks = createFactBlocks(Math.floor(memoryMb * shareOfBlocks) * 1024 * 1024)
  return {
    ...createFactFigures(blocks, read, timeoutMs),
    ...createFactQuestions(read),
    close: () => void opened?.then((database) => database.close()).catch(() => {}),
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
