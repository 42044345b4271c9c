/** The page of one site. */
import { useEffect } from 'preact/hooks'
import type { ReplayDetailAnswer, SiteAnswer, SiteDetailAnswer, TimeseriesAnswer } from '../answers.ts'
import { writeCondition } from '../query/conditions.ts'
import { Chart, type ChartZoom } from './chart/chart.tsx'
import { texts as chartTexts } from './chart/texts.ts'
import { ComparePicker } from './compare-picker.tsx'
import { EmptyPeriod, EmptySite } from './empty-site.tsx'
import { FilterBar } from './filters/filter-bar.tsx'
import { useSegments } from './filters/use-segments.ts'
import { formatCount, formatDateRange } from './format.ts'
import { GenerationBanner, isVisible } from './generation-banner.tsx'
import { Header } from './header/header.tsx'
import { IntervalSelect } from './interval-select.tsx'
import { metricsUnder, metricViews } from './metrics.ts'
import { useNotes } from './notes/use-notes.tsx'
import { Notice } from './notice.tsx'
import { later } from './panels/later.tsx'
import { Panels } from './panels/panels.tsx'
import { apiPath, replayPath } from './state/client.ts'
import { comparedBy, comparedRange, isOfSameDays, noOther } from './state/comparison.ts'
import { hasTime, intervalsFor, localNow, rangeOf } from './state/period.ts'
import { useComparison, useMinute } from './state/use-comparison.ts'
import { useFetched } from './state/use-fetched.ts'
import { useFiltered } from './state/use-filtered.ts'
import { useLive } from './state/use-live.ts'
import type { Navigate, View } from './state/view.ts'
import { zoomInto } from './state/zoom.ts'
import { texts } from './texts.ts'
import { Tiles } from './tiles.tsx'

const GoalPicker = later(async () => (await import('./goal-rate/goal-picker.tsx')).GoalPicker)

type OverviewProps = {
  sites: SiteAnswer[]
  site: SiteAnswer
  detail: SiteDetailAnswer | undefined
  view: View
  navigate: Navigate
}

export function Overview({ sites, site, detail, view, navigate }: OverviewProps) {
  const now = useMinute()
  const { date: today, time } = localNow(site.timeZone, now)
  // A day of UTC: where the clock is behind, it may have begun the day before.
  const firstDay = detail?.firstDay ? localNow(site.timeZone, Date.parse(detail.firstDay)).date : null
  const range = rangeOf(view, today, firstDay)
  const { generation, filters, segment } = view
  const isFiltered = filters.length > 0 || segment !== undefined
  const segments = useSegments(site, segment)
  // Minutes know no values.
  const offered = intervalsFor(range, `${today}T${time}`).filter((name) => !isFiltered || name !== 'minute')
  const interval = offered.find((candidate) => candidate === view.interval) ?? offered[0] ?? 'day'
  // All time begins with the first day, which is not known at once.
  const known = view.period !== 'all' || detail !== undefined
  const replay = useFetched<ReplayDetailAnswer>(generation && replayPath(generation))
  const nothingOfIt = replay.error?.status === 404 || (replay.data && !isVisible(replay.data))
  const { data, stale, lost } = useLive(
    known && !nothingOfIt ? apiPath(site.site, 'live', { ...range, interval, generation }) : undefined,
  )
  const asked = { generation, segment, filter: filters.map(writeCondition) }
  const query = { ...range, ...asked }
  const one = useFiltered(isFiltered && known ? site.site : undefined, query, interval)
  const compared = comparedRange(view, range, view)
  const notes = useNotes(site, known ? range : undefined, interval, now)
  const comparedAsked = comparedBy(view, asked)
  const before = useComparison(site.site, site.timeZone, range, compared, interval, comparedAsked)
  // Of the same days both have names.
  const comparedName =
    view.compare === 'segment'
      ? (segments.list?.find(({ id }) => id === view.compareSegment)?.name ?? chartTexts.comparisons.segment)
      : chartTexts.comparisons.everyone
  const names = isOfSameDays(view)
    ? {
        current: isFiltered ? (segments.chosen?.name ?? chartTexts.these) : chartTexts.comparisons.everyone,
        before: comparedName,
      }
    : undefined

  // What is added last is what is let go of first.
  const lastFilter = filters.length > 0 ? { filters: filters.slice(0, -1) } : { segment: undefined }
  const making =
    (one.making && { ...one.making, cancel: lastFilter }) ??
    (before.making && { ...before.making, cancel: { ...noOther, compare: 'none' as const } })

  const visitors = data?.realtime?.visitors ?? 0
  useEffect(() => {
    document.title = `${visitors > 0 ? `${formatCount(visitors)} · ` : ''}${site.name} · ${texts.product}`
  }, [visitors, site.name])

  const { summary, timeseries } = isFiltered ? one : (data ?? {})
  const nothing =
    !isFiltered && summary !== undefined && summary.pageviews + summary.clicks + summary.events + summary.visits === 0
  const isEmpty = nothing && detail?.firstDay === null
  const conditions = [...(segments.chosen?.conditions ?? []), ...filters]
  const metricsHere = metricsUnder(conditions)
  const metricName = metricsHere.find((name) => name === view.metric) ?? 'visitors'
  const metric = metricViews[metricName]
  const question = {
    site: site.site,
    query,
    goal: view.goal,
    live: data,
    isLive: !isFiltered && interval !== 'minute' && !hasTime(range.from),
    // Where somebody chose it: each list is asked for once more.
    before:
      compared && (names || view.compare === 'custom')
        ? {
            query: { ...compared, ...comparedAsked },
            visitors: before.summary?.visitors,
            name: names?.before ?? formatDateRange(compared.from, compared.to),
          }
        : undefined,
  }

  return (
    <div class="page">
      <Header
        sites={sites}
        site={site}
        view={view}
        range={range}
        today={today}
        realtime={data?.realtime}
        navigate={navigate}
      />
      <main class="content" data-stale={stale && data !== undefined}>
        <h1 class="visually-hidden">{site.name}</h1>
        {generation !== undefined && (
          <GenerationBanner
            id={generation}
            site={site.site}
            replay={replay.data}
            gone={nothingOfIt === true}
            navigate={navigate}
          />
        )}
        {lost && <Notice text={texts.problems.lost} />}
        {!lost && one.failed && (
          <Notice text={one.failed.error?.message || texts.problems.load} onRetry={one.failed.retry} />
        )}
        {nothingOfIt ? null : isEmpty && detail ? (
          <EmptySite site={site.site} snippetUrl={detail.snippetUrl} bots={summary.bots} />
        ) : (
          <>
            {nothing && firstDay !== null && (
              <EmptyPeriod
                firstDay={firstDay}
                bots={summary.bots}
                onShowAll={() => navigate.to({ period: 'all', interval: undefined })}
              />
            )}
            <FilterBar
              site={site}
              query={{ ...range, generation }}
              filters={filters}
              segments={segments}
              making={making}
              facts={one.summary?.facts}
              navigate={navigate}
            >
              <GoalPicker site={site.site} goal={view.goal} navigate={navigate} />
            </FilterBar>
            <section class="card headline">
              <Tiles
                // Values that differ because the period does are no news: only live changes light up.
                key={summary && `${summary.from} ${summary.to} ${segment} ${asked.filter.join(' ')}`}
                summary={summary}
                before={before.summary}
                beforeName={names?.before}
                names={metricsHere}
                current={metricName}
                onChoose={(name) => navigate.fix({ metric: name })}
              />
              <div class="chart-head">
                <h2>{metric.label}</h2>
                <ComparePicker
                  view={view}
                  before={compared}
                  name={names?.before}
                  segments={segments.list ?? []}
                  today={today}
                  navigate={navigate}
                />
                {notes.button}
                <IntervalSelect
                  offered={offered}
                  current={interval}
                  onChoose={(chosen) => navigate.fix({ interval: chosen === offered[0] ? undefined : chosen })}
                />
              </div>
              {timeseries && summary ? (
                <Chart
                  metric={metric}
                  series={timeseries}
                  to={summary.to}
                  before={before.timeseries}
                  {...(names && { names })}
                  anomalies={isFiltered ? [] : (data?.anomalies?.anomalies ?? [])}
                  timeZone={site.timeZone}
                  now={now}
                  notes={notes.chart}
                  zoom={zoomOf(timeseries, summary.to, site.timeZone, now, navigate)}
                />
              ) : (
                <div class="chart-skeleton" />
              )}
              {notes.dialog}
            </section>
            <Panels
              view={{ ...view, filters: conditions }}
              question={question}
              summary={summary}
              live={data}
              timeZone={site.timeZone}
              navigate={navigate}
            />
          </>
        )}
      </main>
    </div>
  )
}

function zoomOf(
  { interval, points }: TimeseriesAnswer,
  to: string,
  timeZone: string,
  now: number,
  navigate: Navigate,
): ChartZoom {
  const bounds = [...points.map(({ at }) => Date.parse(at)), Date.parse(to)]
  const range = (first: number, last: number) => zoomInto({ interval, bounds, timeZone, now }, first, last)
  return {
    can: (first, last) => range(first, last) !== undefined,
    into: (first, last) => navigate.to({ period: 'custom', interval: undefined, ...range(first, last) }),
  }
}
