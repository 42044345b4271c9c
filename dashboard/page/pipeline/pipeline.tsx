/** The page of the pipeline: what happens to events between a click and its figure. For whoever runs Retrace. */
import { useEffect, useMemo } from 'preact/hooks'
import { Brand } from '../brand.tsx'
import { SettingsMenu } from '../header/settings-menu.tsx'
import { BackIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { later } from '../panels/later.tsx'
import { isPlainClick, type Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { Flow } from './flow.tsx'
import { Incidents } from './incidents.tsx'
import { Ledger } from './ledger.tsx'
import { Shards } from './shards.tsx'
import { summarise } from './summary.ts'
import { pipelineTexts } from './texts.ts'
import { usePipeline } from './use-pipeline.ts'

/** Few look for one event. */
const Trace = later(async () => (await import('../trace/trace.tsx')).Trace)

export function Pipeline({ navigate }: { navigate: Navigate }) {
  const { history, lost } = usePipeline()
  const summary = useMemo(() => (history.length > 0 ? summarise(history) : undefined), [history])
  const figures = { page: 'site' } as const
  const toFigures = (event: MouseEvent) => {
    if (!isPlainClick(event)) return
    event.preventDefault()
    navigate.to(figures)
  }

  useEffect(() => {
    document.title = `${texts.pipeline} · ${texts.product}`
  }, [])

  return (
    <div class="page">
      <header class="header">
        <Brand href={navigate.href(figures)} onClick={toFigures} />
        <h1 class="page-title">{texts.pipeline}</h1>
        <div class="header-controls">
          <a class="button" aria-label={pipelineTexts.toFigures} href={navigate.href(figures)} onClick={toFigures}>
            <BackIcon />
            <span class="wide-only">{pipelineTexts.toFigures}</span>
          </a>
          <SettingsMenu />
        </div>
      </header>
      <main class="content" data-stale={lost && summary !== undefined}>
        {lost && <Notice text={texts.problems.lost} />}
        {summary ? (
          <>
            <Flow {...summary} />
            <Ledger ledger={summary.ledger} />
            {summary.shards.length > 0 && <Shards shards={summary.shards} />}
            <Incidents />
            <Trace />
          </>
        ) : (
          <section class="card flow flow-skeleton">
            <span class="visually-hidden">{texts.loading}</span>
          </section>
        )}
      </main>
    </div>
  )
}
