/** The first rows of a list: from the live stream where it carries them, asked for again and again where not. */
import { type BreakdownAnswer, type PanelDimension, panelDimensions } from '../../answers.ts'
import { apiPath, type Query } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { LiveData } from '../state/use-live.ts'
import { countOf, type ListDimension } from './lists.ts'

/** Lists of whoever looks closer: these need not follow by the second. */
export const refreshMs = 5000
const shownRows = 10

export type Question = {
  site: string
  /** What all answers of the page are asked with. */
  query: Query
  /** Whose conversion rate rows tell, by its id. */
  goal: string | undefined
  live: LiveData | undefined
  /** The live stream has the lists of this view: no filter, no minutes. */
  isLive: boolean
  /** What lists are compared with, where that was chosen. */
  before: { query: Query; visitors: number | undefined; name: string } | undefined
}

/** What a value had there, and its share; undefined where nobody knows. */
export type Before = { name: string; of: (value: string) => { figure: number; share: number } | undefined }

/** As many as are looked through for the few that are shown. */
const comparedRows = 1000

export function useBefore(dimension: ListDimension, { site, before }: Question): Before | undefined {
  const path = before && apiPath(site, `breakdown/${dimension}`, { ...before.query, limit: String(comparedRows) })
  const { data } = useFetched<BreakdownAnswer>(path)
  if (!before || data?.dimension !== dimension) return undefined
  const metric = countOf(dimension)
  const all = metric === 'visitors' ? (before.visitors ?? 0) : data.sum
  const known = new Map(data.rows.map((row) => [row.value, row[metric]]))
  return {
    name: before.name,
    of(value) {
      const figure = known.get(value) ?? (data.total > data.rows.length ? undefined : 0)
      return figure === undefined ? undefined : { figure, share: all > 0 ? figure / all : 0 }
    },
  }
}

/** The conversion rate of each value; undefined where no goal is chosen. */
export type Rates = ((value: string) => number | null | undefined) | undefined

export function useRates(dimension: ListDimension, { site, query, goal }: Question): Rates {
  const path = goal && apiPath(site, `breakdown/${dimension}`, { ...query, goal, limit: String(shownRows) })
  const { data } = useFetched<BreakdownAnswer>(path, refreshMs)
  return goal ? (value) => data?.rows.find((row) => row.value === value)?.conversionRate : undefined
}

export function useBreakdown(dimension: ListDimension, { site, query, live, isLive }: Question) {
  const streamed = isLive && isStreamed(dimension)
  const path = apiPath(site, `breakdown/${dimension}`, { ...query, limit: String(shownRows) })
  const { data, error, making, retry } = useFetched<BreakdownAnswer>(streamed ? undefined : path, refreshMs)
  // What was answered for another list stays for a moment, and is not this one.
  const fetched = data?.dimension === dimension ? data : undefined
  if (streamed) return { breakdown: live?.breakdowns[dimension], error: undefined, making: undefined, retry }
  return { breakdown: fetched, error, making, retry }
}

function isStreamed(dimension: ListDimension): dimension is PanelDimension {
  return (panelDimensions as readonly string[]).includes(dimension)
}
