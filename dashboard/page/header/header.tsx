import type { RealtimeAnswer, SiteAnswer } from '../../answers.ts'
import { Brand } from '../brand.tsx'
import { formatDateRange } from '../format.ts'
import { ExploreIcon, PipelineIcon, ReplayIcon } from '../icons.tsx'
import type { DateRange } from '../state/period.ts'
import { useSession } from '../state/session.ts'
import { isPlainClick, type Navigate, type View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { LiveNow } from './live-now.tsx'
import { PageLink } from './page-link.tsx'
import { PeriodPicker } from './period-picker.tsx'
import { SettingsMenu } from './settings-menu.tsx'
import { SiteSwitcher } from './site-switcher.tsx'

type HeaderProps = {
  sites: SiteAnswer[]
  site: SiteAnswer
  view: View
  range: DateRange
  today: string
  realtime: RealtimeAnswer | undefined
  navigate: Navigate
}

export function Header({ sites, site, view, range, today, realtime, navigate }: HeaderProps) {
  const session = useSession()
  const home = {
    period: 'today',
    from: undefined,
    to: undefined,
    interval: undefined,
    metric: 'visitors',
    tabs: {},
    filters: [],
    segment: undefined,
    compare: view.compare === 'segment' ? 'previous' : view.compare,
    compareSegment: undefined,
    details: undefined,
  } as const
  return (
    <header class="header" data-printed={formatDateRange(range.from, range.to)}>
      <Brand
        href={navigate.href(home)}
        onClick={(event) => {
          if (!isPlainClick(event)) return
          event.preventDefault()
          navigate.to(home)
        }}
      />
      <SiteSwitcher sites={sites} current={site} navigate={navigate} />
      <LiveNow realtime={realtime} />
      <div class="header-controls">
        <PeriodPicker view={view} range={range} today={today} navigate={navigate} />
        {session?.by !== 'link' && (
          <PageLink view={{ page: 'explore' }} title={texts.explore} navigate={navigate}>
            <ExploreIcon />
          </PageLink>
        )}
        {session?.administrator && (
          <>
            <PageLink view={{ page: 'replays', generation: undefined }} title={texts.replays.title} navigate={navigate}>
              <ReplayIcon />
            </PageLink>
            <PageLink view={{ page: 'pipeline' }} title={texts.pipeline} navigate={navigate}>
              <PipelineIcon />
            </PageLink>
          </>
        )}
        <SettingsMenu site={site.site} />
      </div>
    </header>
  )
}
