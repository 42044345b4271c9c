/**
 * Reads cells (consumers/aggregator/shapes/cell-key.ts). Of those that are running one Query of the keys tells which
 * there are and how far each has come; only those that are not in the cache in this state are fetched, and decoded once.
 * Days that are over are read whole, and kept elsewhere (listings.ts).
 */
import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { LRUCache } from 'lru-cache'
import { type Cell, decodeCell, type Figures } from '../../consumers/aggregator/shapes/cell.ts'
import {
  bucketText,
  type CellKey,
  granularityMs,
  parseCellKey,
  seriesOf,
  utcDay,
} from '../../consumers/aggregator/shapes/cell-key.ts'
import { type RootPart, rootOf } from '../../consumers/aggregator/shapes/cell-parts.ts'
import { deleteCells } from '../../consumers/replay/shapes/generation-cells.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import type { PlacedCell } from '../query/merge.ts'
import type { CellRange } from '../query/plan.ts'
import type { View } from '../query/view.ts'
import { createSharedReads } from './shared-reads.ts'

/**
 * A cell, and the name of the state that it was read in: equal versions hold equal figures. Settled: of days that are over,
 * so that it mostly stays as it is.
 */
export type StoredCell = PlacedCell & { version: string; isSettled?: boolean }

export type CellStore = {
  /**
   * The cells of a site that count in these ranges, ascending within a range.
   *
   * @param trees which of their values are wanted besides the totals (shapes/cell-parts.ts)
   * @param isConsistent whether everything that is written is to be found, at twice the price
   */
  read(
    site: string,
    ranges: readonly CellRange[],
    view: View,
    trees: readonly RootPart[],
    isConsistent?: boolean,
  ): Promise<StoredCell[]>
  /** As `read`, consistently, of one range, past the cache. */
  readWhole(site: string, range: CellRange, view: View, trees: readonly RootPart[]): Promise<StoredCell[]>
  /** UTC day of the site's first event. */
  firstDay(site: string, view: View): Promise<string | undefined>
  /** @returns how many items there were */
  deleteGeneration(generation: GenerationRecord): Promise<number>
}

/** Decoded cells of running days kept, in estimated bytes: a day of a busy site by the hour is some 10 MB. */
const maxCacheBytes = 64 * 1024 * 1024
/** BatchGetItem takes 100 keys and answers at most 16 MB. */
const batchSize = 100
/** Names of segments begin with their UTC day. */
const dayLength = 'YYYY-MM-DD'.length
/** Fetches of one read that are under way at once. */
const maxParallel = 4
/** First days that are kept, for so long: what is imported or erased changes them, and hardly anything else does. */
const maxFirstDays = 10_000
const firstDayAgeMs = 10_000
/** Cells looked at at once for one that counts, after the first did not. */
const nextPage = 50
/** Attempts to fetch what BatchGetItem leaves unprocessed, when it is throttled or its answer is full. */
const maxRounds = 8

/** An item that is there, and how far it has come. */
type State = { series: string; cell: string; key: CellKey; sequence: string }
type Entry = { sequence: string; cell: Cell }

/** @param allSites every site that ever had cells */
export function createCellStore(
  client: DynamoDBClient,
  table: string,
  allSites: () => Promise<readonly string[]>,
): CellStore {
  const cache = new LRUCache<string, Entry>({
    maxSize: maxCacheBytes,
    sizeCalculation: ({ cell }) => estimateBytes(cell),
  })
  const firstDays = new LRUCache<string, string>({ max: maxFirstDays, ttl: firstDayAgeMs })
  const listShared = createSharedReads<State[]>()
  /** Fetches under way, by each of the items that they fetch. */
  const fetching = new Map<string, Promise<Map<string, Entry>>>()

  /** All there are in a range, of whatever generation. */
  async function list(site: string, range: CellRange, ConsistentRead: boolean): Promise<State[]> {
    const series = seriesOf(site, range.granularity)
    const found: State[] = []
    const pages = paginateQuery({ client }, { TableName: table, ConsistentRead, ...betweenBuckets(series, range) })
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        const cell = item.cell?.S ?? ''
        found.push({ series, cell, key: parseCellKey(series, cell), sequence: item.sequence?.S ?? '' })
      }
    }
    return found
  }

  /** Fetches and decodes into the cache; what was deleted meanwhile stays out of it. */
  async function fetchBatch(wanted: readonly State[], ConsistentRead: boolean): Promise<Map<string, Entry>> {
    const fetched = new Map<string, Entry>()
    let keys = wanted.map(({ series, cell }) => ({ series: { S: series }, cell: { S: cell } }))
    for (let round = 0; keys.length > 0; round++) {
      if (round === maxRounds) throw new Error(`DynamoDB left ${keys.length} of ${wanted.length} cells unread`)
      if (round > 0) await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** round))
      const answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead } } }),
      )
      for (const item of answer.Responses?.[table] ?? []) {
        const { key, entry } = decodeItem(item)
        cache.set(key, entry)
        fetched.set(key, entry)
      }
      keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof keys
    }
    return fetched
  }

  /** Those in these states or newer ones, each fetched once, however many ask for it at once. */
  async function fetch(wanted: readonly State[], isConsistent: boolean): Promise<Map<string, Entry>> {
    const nameOf = ({ series, cell, sequence }: State) => `${cacheKey(series, cell)} ${sequence} ${isConsistent}`
    const own = wanted.filter((state) => !fetching.has(nameOf(state)))
    const joined = new Set(wanted.flatMap((state) => fetching.get(nameOf(state)) ?? []))
    const batches = Array.from({ length: Math.ceil(own.length / batchSize) }, (_, i) =>
      own.slice(i * batchSize, (i + 1) * batchSize),
    )
    const lanes: Promise<unknown>[] = []
    const fetched = batches.map((batch, i) => {
      const before = lanes[i % maxParallel] ?? Promise.resolve()
      const under = before.then(() => fetchBatch(batch, isConsistent))
      lanes[i % maxParallel] = under
      for (const state of batch) fetching.set(nameOf(state), under)
      return under.finally(() => {
        for (const state of batch) fetching.delete(nameOf(state))
      })
    })
    return new Map((await Promise.all([...joined, ...fetched])).flatMap((found) => [...found]))
  }

  return {
    async read(site, ranges, view, trees, isConsistent = false) {
      const counts = countsIn(view)
      const lists = ranges.map((range) => {
        const name = `${site} ${range.granularity} ${range.from} ${range.to} ${isConsistent}`
        return listShared(name, () => list(site, range, isConsistent))
      })
      const found = (await Promise.all(lists))
        .flat()
        .filter(({ key }) => counts(key) && (key.part === undefined || trees.includes(rootOf(key.part))))
      const known = new Map<string, Entry>()
      const missing: State[] = []
      for (const state of found) {
        const name = cacheKey(state.series, state.cell)
        const cached = cache.get(name)
        if (cached?.sequence === state.sequence) known.set(name, cached)
        else missing.push(state)
      }
      if (missing.length > 0) for (const [name, entry] of await fetch(missing, isConsistent)) known.set(name, entry)
      return found.flatMap(({ series, cell, key }) => {
        const entry = known.get(cacheKey(series, cell))
        if (!entry) return []
        const version = `${series} ${cell} ${entry.sequence}`
        return [{ start: key.start, arrivedLater: arrivedLater(key), cell: entry.cell, version }]
      })
    },

    async readWhole(site, range, view, trees) {
      const series = seriesOf(site, range.granularity)
      const counts = countsIn(view)
      const query = betweenBuckets(series, range)
      const names = { '#sequence': 'sequence', '#data': 'data' }
      // DynamoDB reads whole items to answer with a part of them: to list first would read everything twice.
      const whole = { ...query, ProjectionExpression: 'cell, #sequence, #data', ExpressionAttributeNames: names }
      const found: StoredCell[] = []
      for await (const { Items = [] } of paginateQuery(
        { client },
        { TableName: table, ...whole, ConsistentRead: true },
      ))
        for (const item of Items) {
          const key = parseCellKey(series, item.cell?.S ?? '')
          if (!counts(key) || (key.part !== undefined && !trees.includes(rootOf(key.part)))) continue
          const { entry } = decodeItem({ ...item, series: { S: series } })
          const version = `${series} ${item.cell?.S} ${entry.sequence}`
          found.push({ start: key.start, arrivedLater: arrivedLater(key), cell: entry.cell, version })
        }
      return found
    },

    deleteGeneration: (generation) => deleteCells(client, table, generation, allSites),

    async firstDay(site, view) {
      const name = `${site} ${view.version}`
      const known = firstDays.get(name)
      if (known) return known
      // Days are written seldom: of a new site there are hours first.
      const series = seriesOf(site, 'hour')
      const counts = countsIn(view)
      const query = {
        TableName: table,
        KeyConditionExpression: 'series = :series',
        ExpressionAttributeValues: { ':series': { S: series } },
        ProjectionExpression: 'cell',
      }
      // Mostly the very first cell counts, and it takes reading whole items to find that out.
      let Limit = 1
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({ ...query, Limit, ...(ExclusiveStartKey && { ExclusiveStartKey }) }),
        )
        for (const { cell } of Items) {
          const key = parseCellKey(series, cell?.S ?? '')
          if (!counts(key)) continue
          const day = bucketText('day', key.start)
          firstDays.set(name, day)
          return day
        }
        ExclusiveStartKey = LastEvaluatedKey
        Limit = nextPage
      } while (ExclusiveStartKey)
      return undefined
    },
  }
}

function arrivedLater({ segment, start }: CellKey): boolean {
  return segment.slice(0, dayLength) > utcDay(start)
}

type Counts = (key: Pick<CellKey, 'site' | 'segment' | 'generation'>) => boolean

/** Which cells count; a year of hours has thousands of cells, and some hundred segments. */
function countsIn(view: View): Counts {
  const chosen = new Map<string, string>()
  return ({ site, segment, generation }) => {
    const known = chosen.get(segment) ?? view.generationOf(site, segment)
    chosen.set(segment, known)
    return generation === known
  }
}

/** Sort keys begin with the bucket and go on with `#`, so the bucket after the last is a bound that none reaches. */
function betweenBuckets(series: string, { granularity, from, to }: CellRange) {
  // Cells that start in the range: neither the one that `from` lies in, nor the one that `to` is the start of.
  const firstStart = (at: number) => Math.ceil(at / granularityMs[granularity]) * granularityMs[granularity]
  return {
    KeyConditionExpression: 'series = :series AND cell BETWEEN :from AND :to',
    ProjectionExpression: 'cell, #sequence',
    ExpressionAttributeNames: { '#sequence': 'sequence' },
    ExpressionAttributeValues: {
      ':series': { S: series },
      ':from': { S: bucketText(granularity, firstStart(from)) },
      ':to': { S: bucketText(granularity, firstStart(to)) },
    },
  }
}

function decodeItem(item: Record<string, AttributeValue>): { key: string; entry: Entry } {
  const { series, cell, sequence, data } = item
  if (!series?.S || !cell?.S || !data?.B) throw new Error(`no cell: ${series?.S} ${cell?.S}`)
  return {
    key: cacheKey(series.S, cell.S),
    entry: { sequence: sequence?.S ?? '', cell: decodeCell(data.B) },
  }
}

function cacheKey(series: string, cell: string): string {
  return `${series} ${cell}`
}

/** Roughly what V8 spends: a value is its figures, an empty set and a text; a visitor is an entry of a set. */
export function estimateBytes(cell: Cell): number {
  let bytes = 1000 + estimateFiguresBytes(cell.totals)
  for (const values of cell.dimensions.values())
    for (const [value, figures] of values) bytes += value.length + estimateFiguresBytes(figures)
  return bytes
}

export function estimateFiguresBytes({ visitors }: Figures): number {
  return 500 + (visitors.count <= 512 ? visitors.count * 24 : 8192)
}
