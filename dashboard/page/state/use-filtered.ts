/** Figures of a part, asked for again and again: the live stream has those of the whole site. */
import type { Interval, SummaryAnswer, TimeseriesAnswer } from '../../answers.ts'
import { apiPath, type Query } from './client.ts'
import { type Fetched, type Making, useFetched } from './use-fetched.ts'

const refreshMs = 5000

type Filtered = {
  summary: SummaryAnswer | undefined
  timeseries: TimeseriesAnswer | undefined
  /** What was asked for in vain, while there is nothing to show. */
  failed: Fetched<unknown> | undefined
  making: Making | undefined
}

/** @param site undefined asks nothing */
export function useFiltered(site: string | undefined, query: Query, interval: Interval): Filtered {
  const summary = useFetched<SummaryAnswer>(site && apiPath(site, 'summary', query), refreshMs)
  const timeseries = useFetched<TimeseriesAnswer>(
    site && apiPath(site, 'timeseries', { ...query, interval }),
    refreshMs,
  )
  const failed = [summary, timeseries].find(({ data, error }) => !data && error)
  const making = summary.making ?? timeseries.making
  return { summary: summary.data, timeseries: timeseries.data, failed, making }
}
