/** The page of anomalies: what was out of the ordinary at a site, now and before. */
import { useEffect } from 'preact/hooks'
import type { AnomaliesAnswer } from '../../anomaly-answers.ts'
import type { SiteAnswer, SitesAnswer } from '../../answers.ts'
import { Brand } from '../brand.tsx'
import { formatExact } from '../format.ts'
import { SettingsMenu } from '../header/settings-menu.tsx'
import { SiteSwitcher } from '../header/site-switcher.tsx'
import { BackIcon, CheckIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { addDays, localNow } from '../state/period.ts'
import { useFetched } from '../state/use-fetched.ts'
import { usePolled } from '../state/use-polled.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { Backtest } from './backtest.tsx'
import { IncidentCard } from './incident-card.tsx'
import { anomalyTexts } from './texts.ts'

export type AnomaliesProps = { view: View; navigate: Navigate }

const days = 30
const most = '200'
/** Minutes are judged once a minute. */
const pace = () => 20_000

export function Anomalies({ view, navigate }: AnomaliesProps) {
  const { data, error, retry } = useFetched<SitesAnswer>('/api/sites')
  const first = data?.sites[0]
  const site = data?.sites.find((each) => each.site === view.site)
  const figures = { page: 'site', site: view.site } as const

  useEffect(() => {
    document.title = `${texts.panels.alerts} · ${texts.product}`
  }, [])

  useEffect(() => {
    if (view.site === undefined && first) navigate.fix({ site: first.site })
  }, [view.site, first, navigate.fix])

  return (
    <div class="page">
      <header class="header">
        <Brand href={navigate.href(figures)} />
        <h1 class="page-title">{texts.panels.alerts}</h1>
        {data && site && <SiteSwitcher sites={data.sites} current={site} navigate={navigate} />}
        <div class="header-controls">
          <ViewLink class="button" view={figures} label={anomalyTexts.toFigures} navigate={navigate}>
            <BackIcon />
            <span class="wide-only">{anomalyTexts.toFigures}</span>
          </ViewLink>
          <SettingsMenu {...(site && { site: site.site })} />
        </div>
      </header>
      <main class="content incidents">
        {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
        {data && !site && view.site !== undefined && <p class="hint">{texts.problems.unknownSite(view.site)}</p>}
        {site && <OfSite key={site.site} site={site} navigate={navigate} />}
      </main>
    </div>
  )
}

function OfSite({ site, navigate }: { site: SiteAnswer; navigate: Navigate }) {
  const { timeZone } = site
  const from = addDays(localNow(timeZone, Date.now()).date, 1 - days)
  const { data, error, refresh } = usePolled<AnomaliesAnswer>(
    apiPath(site.site, 'anomalies', { from, limit: most }),
    pace,
  )
  const anomalies = data?.anomalies ?? []
  const open = anomalies.filter(({ end }) => end === undefined)
  const over = anomalies.filter(({ end }) => end !== undefined)
  const shown = formatExact(days)
  return (
    <>
      <p class="incidents-lead">{anomalyTexts.lead}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={refresh} />}
      {!data && !error && <section class="card settings-skeleton" aria-busy="true" />}
      {data && anomalies.length === 0 && (
        <section class="card settings-card">
          <p class="nothing nothing-good">
            <CheckIcon />
            {anomalyTexts.none(shown)}
          </p>
        </section>
      )}
      {anomalies.length > 0 && (
        <>
          <h2 class="incidents-title">{anomalyTexts.goingOn}</h2>
          {open.length === 0 && <p class="incidents-lead">{anomalyTexts.notNow}</p>}
          <Cards anomalies={open} site={site} navigate={navigate} />
          {over.length > 0 && <h2 class="incidents-title">{anomalyTexts.past(shown)}</h2>}
          <Cards anomalies={over} site={site} navigate={navigate} />
        </>
      )}
      {site.role !== 'viewer' && <Backtest site={site} />}
    </>
  )
}

type CardsProps = { anomalies: AnomaliesAnswer['anomalies']; site: SiteAnswer; navigate: Navigate }

function Cards({ anomalies, site, navigate }: CardsProps) {
  return anomalies.map((anomaly) => <IncidentCard key={anomaly.id} anomaly={anomaly} site={site} navigate={navigate} />)
}
