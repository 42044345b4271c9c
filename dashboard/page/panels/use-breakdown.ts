/** The first rows of a list: from the live stream where it carries them, asked for again and again where not. */
import { type BreakdownAnswer, type PanelDimension, panelDimensions } from '../../answers.ts'
import { apiPath, type Query } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { LiveData } from '../state/use-live.ts'
import type { ListDimension } from './lists.ts'

/** Lists of whoever looks closer: these need not follow by the second. */
export const refreshMs = 5000
const shownRows = 10

export type Question = {
  site: string
  /** What all answers of the page are asked with. */
  query: Query
  live: LiveData | undefined
  /** The live stream has the lists of this view: no filter, no minutes. */
  isLive: boolean
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
