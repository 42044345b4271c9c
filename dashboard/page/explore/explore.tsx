/** What the overview does not tell: a page of questions about a site, each with the overview's period and filters. */
import { useEffect } from 'preact/hooks'
import type { SiteAnswer, SiteDetailAnswer, SitesAnswer } from '../../answers.ts'
import { writeCondition } from '../../query/conditions.ts'
import { Brand } from '../brand.tsx'
import { FilterBar } from '../filters/filter-bar.tsx'
import { useSegments } from '../filters/use-segments.ts'
import { PeriodPicker } from '../header/period-picker.tsx'
import { SettingsMenu } from '../header/settings-menu.tsx'
import { SiteSwitcher } from '../header/site-switcher.tsx'
import { BackIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { localNow, rangeOf } from '../state/period.ts'
import { useMinute } from '../state/use-comparison.ts'
import { useFetched } from '../state/use-fetched.ts'
import { exploreTabs, isPlainClick, type Navigate, type View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { questions } from './questions.tsx'
import { exploreTexts } from './texts.ts'

export type ExploreProps = { view: View; navigate: Navigate }

export function Explore({ view, navigate }: ExploreProps) {
  const { data, error, retry } = useFetched<SitesAnswer>('/api/sites')
  const first = data?.sites[0]
  const site = data?.sites.find((each) => each.site === view.site)

  useEffect(() => {
    document.title = `${exploreTexts.tabs[view.tab]} · ${texts.product}`
  }, [view.tab])

  useEffect(() => {
    if (view.site === undefined && first) navigate.fix({ site: first.site })
  }, [view.site, first, navigate.fix])

  if (data && site) return <OfSite key={site.site} sites={data.sites} site={site} view={view} navigate={navigate} />
  return (
    <div class="page">
      <header class="header">
        <Brand href={navigate.href({ page: 'site' })} />
        <h1 class="page-title">{texts.explore}</h1>
      </header>
      <main class="content">
        {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
        {data && view.site !== undefined && <p class="hint">{texts.problems.unknownSite(view.site)}</p>}
      </main>
    </div>
  )
}

type OfSiteProps = { sites: SiteAnswer[]; site: SiteAnswer; view: View; navigate: Navigate }

function OfSite({ sites, site, view, navigate }: OfSiteProps) {
  const { date: today } = localNow(site.timeZone, useMinute())
  const detail = useFetched<SiteDetailAnswer>(`/api/sites/${encodeURIComponent(site.site)}`)
  const firstDay = detail.data?.firstDay ? localNow(site.timeZone, Date.parse(detail.data.firstDay)).date : null
  const range = rangeOf(view, today, firstDay)
  // All time begins with the first day, which is not known at once.
  const known = view.period !== 'all' || detail.data !== undefined
  const { filters, segment, generation } = view
  const segments = useSegments(site, segment)
  const Question = questions[view.tab]
  return (
    <div class="page">
      <header class="header">
        <Brand href={navigate.href({ page: 'site' })} />
        <h1 class="page-title">{texts.explore}</h1>
        <SiteSwitcher sites={sites} current={site} navigate={navigate} />
        <div class="header-controls">
          <PeriodPicker view={view} range={range} today={today} navigate={navigate} />
          <ViewLink class="button" view={{ page: 'site' }} label={exploreTexts.toFigures} navigate={navigate}>
            <BackIcon />
            <span class="wide-only">{exploreTexts.toFigures}</span>
          </ViewLink>
          <SettingsMenu site={site.site} />
        </div>
      </header>
      <main class="content explore">
        <nav class="explore-tabs" aria-label={exploreTexts.questions}>
          {exploreTabs.map((tab) => (
            <a
              key={tab}
              href={navigate.href({ tab, chosen: undefined })}
              // In a narrow window it may be beyond the edge.
              ref={tab === view.tab ? showTab : null}
              aria-current={tab === view.tab ? 'page' : undefined}
              onClick={(event) => {
                if (!isPlainClick(event)) return
                event.preventDefault()
                navigate.to({ tab, chosen: undefined })
              }}
            >
              {exploreTexts.tabs[tab]}
            </a>
          ))}
        </nav>
        <FilterBar
          site={site}
          query={{ ...range, generation }}
          filters={filters}
          segments={segments}
          making={undefined}
          facts={undefined}
          navigate={navigate}
        />
        {known && (
          <Question
            key={view.tab}
            site={site}
            view={view}
            navigate={navigate}
            range={range}
            query={{ ...range, generation, segment, filter: filters.map(writeCondition) }}
          />
        )}
      </main>
    </div>
  )
}

function showTab(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}
