/** Shows what the address asks for: the figures of a site, what can be asked beyond them, its settings, its anomalies, the pipeline, or replays. */
import { useEffect, useState } from 'preact/hooks'
import type { SessionAnswer, SiteDetailAnswer, SitesAnswer } from '../answers.ts'
import { AnomaliesLoader } from './anomalies-loader.tsx'
import { Brand } from './brand.tsx'
import { CopyBox } from './copy-box.tsx'
import { ExploreLoader } from './explore-loader.tsx'
import { Notice } from './notice.tsx'
import { Overview } from './overview.tsx'
import { PipelineLoader } from './pipeline-loader.tsx'
import { ReplaysLoader } from './replays-loader.tsx'
import { SettingsLoader } from './settings-loader.tsx'
import { Shortcuts } from './shortcuts/shortcuts.tsx'
import { SessionContext, useSession } from './state/session.ts'
import { useFetched } from './state/use-fetched.ts'
import { type Navigate, useView, type View } from './state/view.ts'
import { texts } from './texts.ts'

/** A site without data may get some of years ago, by an import: no live figure would tell. */
const firstDayEveryMs = 5000

export function App() {
  const [view, navigate] = useView()
  const { data: session, error, retry } = useFetched<SessionAnswer>('/api/session')
  if (error) {
    return (
      <main class="page">
        <Notice text={error.message || texts.problems.load} onRetry={retry} />
      </main>
    )
  }
  return (
    <SessionContext.Provider value={session}>
      <Shortcuts view={view} navigate={navigate}>
        <Page view={view} navigate={navigate} />
      </Shortcuts>
    </SessionContext.Provider>
  )
}

type PageProps = { view: View; navigate: Navigate }

/** Keys and old addresses lead everywhere: what somebody may not see is answered by the figures, as by the server. */
function Page({ view, navigate }: PageProps) {
  const session = useSession()
  switch (mayOpen(view.page, session) ? view.page : 'site') {
    case 'settings':
      return <SettingsLoader view={view} navigate={navigate} />
    case 'anomalies':
      return <AnomaliesLoader view={view} navigate={navigate} />
    case 'explore':
      return <ExploreLoader view={view} navigate={navigate} />
    case 'pipeline':
      return <PipelineLoader navigate={navigate} />
    case 'replays':
      return <ReplaysLoader view={view} navigate={navigate} />
    case 'site':
      return <Sites view={view} navigate={navigate} />
  }
}

function mayOpen(page: View['page'], session: SessionAnswer | undefined): boolean {
  if (!session || page === 'site' || page === 'anomalies') return true
  return page === 'settings' || page === 'explore' ? session.by !== 'link' : session.administrator
}

/** Finds out which sites there are and which one is meant. */
function Sites({ view, navigate }: PageProps) {
  const session = useSession()
  const { data, error, retry } = useFetched<SitesAnswer>('/api/sites')
  const sites = data?.sites
  const site = sites?.find((candidate) => candidate.site === view.site)
  const [waiting, setWaiting] = useState(false)
  const detail = useFetched<SiteDetailAnswer>(
    site && `/api/sites/${encodeURIComponent(site.site)}`,
    waiting ? firstDayEveryMs : undefined,
  )
  const first = sites?.[0]

  useEffect(() => setWaiting(detail.data?.firstDay === null), [detail.data])
  useEffect(() => {
    if (view.site === undefined && first) navigate.fix({ site: first.site })
  }, [view.site, first, navigate.fix])

  // What the header offers depends on who looks: it is drawn once.
  if (sites && site && session) {
    // The answer of the site before this one stays until this one's is there.
    const current = detail.data?.site === site.site ? detail.data : undefined
    return <Overview key={site.site} sites={sites} site={site} detail={current} view={view} navigate={navigate} />
  }
  return (
    <div class="page">
      <header class="header">
        <Brand href="/" />
      </header>
      <main class="content">
        {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
        {sites?.length === 0 && session && !session.administrator && (
          <section class="card empty">
            <h1>{texts.problems.noRole}</h1>
            <p>{texts.problems.noRoleHint}</p>
          </section>
        )}
        {sites?.length === 0 && session?.administrator && (
          <section class="card empty">
            <h1>{texts.problems.noSites}</h1>
            <p>{texts.problems.noSitesHint}</p>
            <CopyBox code="npm run sites -- add example.org" />
          </section>
        )}
        {first && view.site !== undefined && (
          <p class="hint">
            {texts.problems.unknownSite(view.site)} <a href={navigate.href({ site: first.site })}>{first.name}</a>
          </p>
        )}
      </main>
    </div>
  )
}
