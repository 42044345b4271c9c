/** What is being looked at. The address holds all of it, so that it can be sent, kept and gone back to. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { type Interval, intervals } from '../../answers.ts'
import { type Condition, mostConditions, parseCondition, withFilter, writeCondition } from '../../query/conditions.ts'
import type { Filter } from '../../query/filter.ts'
import { type MetricName, metricNames } from '../metrics.ts'
import {
  type ListDimension,
  type ListName,
  listDimensions,
  lists,
  type PanelName,
  panelNames,
} from '../panels/lists.ts'
import { type ComparisonChoice, parseComparison, writeComparison } from './comparison.ts'
import { isMoment, isRange, type PeriodName, periodNames } from './period.ts'

/** Questions of the page `explore`, in the order of its tabs. */
export const exploreTabs = ['clicks', 'funnels', 'journeys', 'retention', 'visits', 'sql'] as const
export type ExploreTab = (typeof exploreTabs)[number]

export type View = ComparisonChoice & {
  /**
   * The figures of a site, its settings, its anomalies, what can be asked beyond its figures, the pipeline behind those
   * of all sites, or the replays of what it brought.
   */
  page: 'site' | 'settings' | 'anomalies' | 'explore' | 'pipeline' | 'replays'
  /** Undefined at `/`: the first site is meant. */
  site: string | undefined
  period: PeriodName
  from: string | undefined
  to: string | undefined
  /** Undefined: what suits the period. */
  interval: Interval | undefined
  metric: MetricName
  /** The tab of each panel that has left its first. */
  tabs: Partial<Record<PanelName, ListName>>
  /** The list that is looked at whole. */
  details: ListDimension | undefined
  /** What figures are of a part by. */
  filters: readonly Condition[]
  /** Saved filters, by their id. */
  segment: string | undefined
  /** The goal whose conversion rate lists tell, by its id. */
  goal: string | undefined
  /** A replay: at figures, the one that they are shown by; at replays, the one that is looked at. */
  generation: string | undefined
  /** What is looked at in a replay's report, where it is not the first: a headline figure, a dimension. */
  figure: string | undefined
  dimension: string | undefined
  /** Of the page `explore`: which question, and what is looked at in it (a page, a visit), where there is a choice. */
  tab: ExploreTab
  chosen: string | undefined
}

const pipelinePath = '/pipeline'
const replaysPath = '/replays'
const settingsPath = '/settings'
const anomaliesPath = '/anomalies'
const explorePath = '/explore'
const pathPattern = /^\/sites\/([^/]+)(\/settings|\/anomalies|\/explore)?(?:\/([a-z]+))?$/
const replayPattern = /^\/replays\/([^/]+)$/

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text)
}

export function parseView(path: string, search: string): View {
  const query = new URLSearchParams(search)
  const replays = path === replaysPath || replayPattern.test(path)
  const [, encodedSite, ofSite, tab = ''] = pathPattern.exec(path) ?? []
  const settings = path === settingsPath || ofSite === settingsPath
  const anomalies = ofSite === anomaliesPath
  const site = encodedSite === undefined ? undefined : decodeURIComponent(encodedSite)
  const encodedReplay = replayPattern.exec(path)?.[1]
  const from = query.get('from')
  const to = query.get('to')
  const dates = isMoment(from) && isMoment(to) && isRange({ from, to })
  const period = oneOf(periodNames, query.get('period')) ?? 'today'
  const tabs: View['tabs'] = {}
  for (const panel of panelNames) {
    const tab = oneOf<ListName>(lists[panel], query.get(panel))
    if (tab) tabs[panel] = tab
  }
  return {
    page:
      path === pipelinePath
        ? 'pipeline'
        : replays
          ? 'replays'
          : settings
            ? 'settings'
            : anomalies
              ? 'anomalies'
              : ofSite === explorePath
                ? 'explore'
                : 'site',
    site: replays ? (query.get('site') ?? undefined) : site,
    period: period === 'custom' && !dates ? 'today' : period,
    from: period === 'custom' && dates ? from : undefined,
    to: period === 'custom' && dates ? to : undefined,
    interval: oneOf(intervals, query.get('interval')),
    ...parseComparison(query),
    metric: oneOf<MetricName>([...metricNames, 'events'], query.get('metric')) ?? 'visitors',
    tabs,
    details: oneOf(listDimensions, query.get('details')),
    filters: readFilters(query.getAll('filter')),
    segment: query.get('segment') ?? undefined,
    goal: query.get('goal') ?? undefined,
    generation: replays ? encodedReplay && decodeURIComponent(encodedReplay) : (query.get('generation') ?? undefined),
    figure: query.get('figure') ?? undefined,
    dimension: query.get('dimension') ?? undefined,
    tab: oneOf(exploreTabs, tab) ?? exploreTabs[0],
    chosen: query.get('chosen') ?? undefined,
  }
}

/** Those that can be understood. */
function readFilters(texts: readonly string[]): Condition[] {
  return texts.slice(0, mostConditions).flatMap((text) => {
    const result = parseCondition(text)
    return result.ok ? [result.condition] : []
  })
}

/** The shortest address of a view: what is as usual is left out. */
export function viewHref(view: View): string {
  if (view.page === 'pipeline') return pipelinePath
  if (view.page === 'replays') return replaysHref(view)
  if (view.page === 'settings')
    return view.site === undefined ? settingsPath : `/sites/${encodeURIComponent(view.site)}${settingsPath}`
  if (view.page === 'anomalies' && view.site !== undefined)
    return `/sites/${encodeURIComponent(view.site)}${anomaliesPath}`
  const query = new URLSearchParams()
  if (view.period !== 'today') query.set('period', view.period)
  if (view.period === 'custom' && view.from && view.to) {
    query.set('from', view.from)
    query.set('to', view.to)
  }
  if (view.interval) query.set('interval', view.interval)
  writeComparison(query, view)
  if (view.metric !== 'visitors') query.set('metric', view.metric)
  for (const [panel, tab] of Object.entries(view.tabs)) query.set(panel, tab)
  if (view.details) query.set('details', view.details)
  for (const filter of view.filters) query.append('filter', writeCondition(filter))
  if (view.segment) query.set('segment', view.segment)
  if (view.goal) query.set('goal', view.goal)
  if (view.generation) query.set('generation', view.generation)
  if (view.page === 'explore' && view.chosen) query.set('chosen', view.chosen)
  const ofSite = view.page === 'explore' ? `${explorePath}/${view.tab}` : ''
  const path = view.site === undefined ? '/' : `/sites/${encodeURIComponent(view.site)}${ofSite}`
  return query.size > 0 ? `${path}?${query}` : path
}

function replaysHref({ generation, site, figure, dimension }: View): string {
  if (generation === undefined) return replaysPath
  const chosen = Object.entries({ site, figure, dimension }).filter((entry): entry is [string, string] => !!entry[1])
  const query = new URLSearchParams(chosen)
  const path = `${replaysPath}/${encodeURIComponent(generation)}`
  return query.size > 0 ? `${path}?${query}` : path
}

/** `to` goes on in history; `fix` corrects the address without a step in it. */
export type Navigate = {
  to(change: Partial<View>): void
  fix(change: Partial<View>): void
  href(change: Partial<View>): string
  /** The view with one more filter. */
  narrowed(filter: Filter): Partial<View>
}

export function useView(): [View, Navigate] {
  const [view, setView] = useState(() => parseView(location.pathname, location.search))
  useEffect(() => {
    const onPopState = () => setView(parseView(location.pathname, location.search))
    addEventListener('popstate', onPopState)
    return () => removeEventListener('popstate', onPopState)
  }, [])
  const to = useCallback(
    (change: Partial<View>) => {
      const next = { ...view, ...change }
      history.pushState(null, '', viewHref(next))
      setView(next)
    },
    [view],
  )
  const fix = useCallback(
    (change: Partial<View>) => {
      const next = { ...view, ...change }
      history.replaceState(null, '', viewHref(next))
      setView(next)
    },
    [view],
  )
  const narrowed = (filter: Filter) => ({ filters: withFilter(view.filters, filter), interval: undefined })
  return [view, { to, fix, href: (change) => viewHref({ ...view, ...change }), narrowed }]
}

/** Whether a click on a link is meant for this page, not for a new tab. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
}
