/**
 * On which UTC days that arrived which counts in a period: the segments of its cells say so. A visit over midnight
 * counts where it began, and an import brings years in a day. Days that are over are asked about again when their
 * revisions say that something has changed (docs/decisions/0024-days-have-revisions.md).
 */
import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { LRUCache } from 'lru-cache'
import { bucketText, granularityMs, parseCellKey, seriesOf, utcDay } from '../aggregator/shapes/cell-key.ts'
import { attributeOf, keyOf, monthOf } from '../aggregator/shapes/day-revisions.ts'
import { dayOfSegment } from '../aggregator/shapes/segments.ts'

/** @returns starts of the days, ascending */
export type Arrivals = (site: string, period: { from: number; to: number }) => Promise<number[]>

type Known = { revision: number; arrivals: readonly number[] }

/** Some ten bytes each: years of many sites. */
const mostDays = 100_000
const dayMs = granularityMs.day
/** Cells of a day may be written so long after its end. */
const settlingMs = 15 * granularityMs.minute

export function createArrivals(
  client: DynamoDBClient,
  tables: { cells: string; revisions: string },
  now: () => number,
): Arrivals {
  const known = new LRUCache<string, Known>({ max: mostDays })

  async function revisionsOf(site: string, days: readonly number[]): Promise<Map<number, number>> {
    const months = [...Map.groupBy(days, (day) => monthOf(utcDay(day)))]
    const answers = await Promise.all(
      months.map(async ([month, ofMonth]) => {
        const question = { TableName: tables.revisions, Key: keyOf(site, month), ConsistentRead: true }
        const { Item } = await client.send(new GetItemCommand(question))
        return ofMonth.map((day) => [day, Number(Item?.[attributeOf(utcDay(day))]?.N ?? 0)] as const)
      }),
    )
    return new Map(answers.flat())
  }

  /** Of days that follow each other. */
  async function listCells(site: string, first: number, last: number): Promise<Map<number, Set<number>>> {
    const found = new Map<number, Set<number>>()
    const series = seriesOf(site, 'day')
    const pages = paginateQuery(
      { client },
      {
        TableName: tables.cells,
        ConsistentRead: true,
        KeyConditionExpression: 'series = :series AND cell BETWEEN :from AND :to',
        ProjectionExpression: 'cell',
        ExpressionAttributeValues: {
          ':series': { S: series },
          ':from': { S: bucketText('day', first) },
          ':to': { S: bucketText('day', last + dayMs) },
        },
      },
    )
    for await (const { Items = [] } of pages)
      for (const { cell } of Items) {
        const { start, segment } = parseCellKey(series, cell?.S ?? '')
        const arrivals = found.get(start) ?? new Set()
        found.set(start, arrivals.add(dayOfSegment(segment)))
      }
    return found
  }

  return async (site, { from, to }) => {
    const days: number[] = []
    for (let day = Math.floor(from / dayMs) * dayMs; day < to; day += dayMs) days.push(day)
    // Cells that are written after this raise the revision after that.
    const revisions = await revisionsOf(site, days)
    const stale = days.filter((day) => {
      if (day + dayMs + settlingMs > now()) return true
      return known.get(`${site} ${day}`)?.revision !== revisions.get(day)
    })
    const [first, last] = [stale[0], stale.at(-1)]
    const listed = first === undefined || last === undefined ? undefined : await listCells(site, first, last)
    for (const day of stale)
      known.set(`${site} ${day}`, { revision: revisions.get(day) ?? 0, arrivals: [...(listed?.get(day) ?? [])] })
    const all = new Set(days.flatMap((day) => known.get(`${site} ${day}`)?.arrivals ?? []))
    // Of the running day cells may not be written yet, and events may be archived.
    const today = Math.floor(now() / dayMs) * dayMs
    if (days.includes(today)) all.add(today)
    return [...all].sort((a, b) => a - b)
  }
}
