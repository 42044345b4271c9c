/** Shows what the address asks for: the figures of a site, the pipeline, or replays. */
import { useEffect, useState } from 'preact/hooks'
import type { SiteDetailAnswer, SitesAnswer } from '../answers.ts'
import { Brand } from './brand.tsx'
import { CopyBox } from './copy-box.tsx'
import { Notice } from './notice.tsx'
import { Overview } from './overview.tsx'
import { Pipeline } from './pipeline/pipeline.tsx'
import { ReplaysLoader } from './replays-loader.tsx'
import { useFetched } from './state/use-fetched.ts'
import { type Navigate, useView, type View } from './state/view.ts'
import { texts } from './texts.ts'

/** A site without data may get some of years ago, by an import: no live figure would tell. */
const firstDayEveryMs = 5000

export function App() {
  const [view, navigate] = useView()
  switch (view.page) {
    case 'pipeline':
      return <Pipeline navigate={navigate} />
    case 'replays':
      return <ReplaysLoader view={view} navigate={navigate} />
    case 'site':
      return <Sites view={view} navigate={navigate} />
  }
}

/** Finds out which sites there are and which one is meant. */
function Sites({ view, navigate }: { view: View; navigate: Navigate }) {
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

  if (sites && site) {
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
        {sites?.length === 0 && (
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
