/** The page of one site. */
import { useEffect } from 'preact/hooks'
import type { ReplayDetailAnswer, SiteAnswer, SiteDetailAnswer } from '../answers.ts'
import { Chart } from './chart/chart.tsx'
import { EmptySite } from './empty-site.tsx'
import { formatCount, formatDate } from './format.ts'
import { GenerationBanner, isVisible } from './generation-banner.tsx'
import { Header } from './header/header.tsx'
import { IntervalSelect } from './interval-select.tsx'
import { metricViews } from './metrics.ts'
import { Notice } from './notice.tsx'
import { Panels } from './panels/panels.tsx'
import { apiPath, replayPath } from './state/client.ts'
import { intervalsFor, localNow, rangeBefore, rangeOf } from './state/period.ts'
import { useComparison, useMinute } from './state/use-comparison.ts'
import { useFetched } from './state/use-fetched.ts'
import { useLive } from './state/use-live.ts'
import type { Navigate, View } from './state/view.ts'
import { texts } from './texts.ts'
import { Tiles } from './tiles.tsx'

type OverviewProps = {
  sites: SiteAnswer[]
  site: SiteAnswer
  detail: SiteDetailAnswer | undefined
  view: View
  navigate: Navigate
}

export function Overview({ sites, site, detail, view, navigate }: OverviewProps) {
  const now = useMinute()
  const today = localNow(site.timeZone, now).date
  // A day of UTC: where the clock is behind, it may have begun the day before.
  const firstDay = detail?.firstDay ? localNow(site.timeZone, Date.parse(detail.firstDay)).date : null
  const range = rangeOf(view, today, firstDay)
  const offered = intervalsFor(range)
  const interval = offered.find((candidate) => candidate === view.interval) ?? offered[0] ?? 'day'
  // All time begins with the first day, which is not known at once.
  const known = view.period !== 'all' || detail !== undefined
  const { generation } = view
  const replay = useFetched<ReplayDetailAnswer>(generation && replayPath(generation))
  const nothingOfIt = replay.error?.status === 404 || (replay.data && !isVisible(replay.data))
  const { data, stale, lost } = useLive(
    known && !nothingOfIt ? apiPath(site.site, 'live', { ...range, interval, generation }) : undefined,
  )
  const before = useComparison(site.site, site.timeZone, range, rangeBefore(view, range), interval, generation)

  const visitors = data?.realtime?.visitors ?? 0
  useEffect(() => {
    document.title = `${visitors > 0 ? `${formatCount(visitors)} · ` : ''}${site.name} · ${texts.product}`
  }, [visitors, site.name])

  const { summary, timeseries } = data ?? {}
  const nothing = summary !== undefined && summary.pageviews + summary.clicks + summary.events + summary.visits === 0
  const isEmpty = nothing && detail?.firstDay === null
  const metric = metricViews[view.metric]

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
        {nothingOfIt ? null : isEmpty && detail ? (
          <EmptySite site={site.site} snippetUrl={detail.snippetUrl} />
        ) : (
          <>
            {nothing && firstDay !== null && (
              <p class="hint">
                {texts.empty.noneInPeriod} {texts.empty.since(formatDate(firstDay))}{' '}
                <button
                  type="button"
                  class="link-button"
                  onClick={() => navigate.to({ period: 'all', interval: undefined })}
                >
                  {texts.empty.showAllTime}
                </button>
              </p>
            )}
            <section class="card headline">
              <Tiles
                // Values that differ because the period does are no news: only live changes light up.
                key={summary && `${summary.from} ${summary.to}`}
                summary={summary}
                before={before.summary}
                current={view.metric}
                onChoose={(name) => navigate.fix({ metric: name })}
              />
              <div class="chart-head">
                <h2>{metric.label}</h2>
                {before.timeseries && <span class="legend">{texts.chart.before}</span>}
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
                  anomalies={data?.anomalies?.anomalies ?? []}
                  timeZone={site.timeZone}
                  now={now}
                />
              ) : (
                <div class="chart-skeleton" />
              )}
            </section>
            <Panels
              site={site.site}
              view={view}
              range={range}
              data={data}
              timeZone={site.timeZone}
              navigate={navigate}
            />
          </>
        )}
      </main>
    </div>
  )
}
