/** One replay: how it stands, what it changes, and what can be done with it. */
import type { ReplayDetailAnswer } from '../../answers.ts'
import { formatDateRange } from '../format.ts'
import { BackIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { replayPath } from '../state/client.ts'
import { usePolled } from '../state/use-polled.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { Actions } from './actions.tsx'
import { Facts } from './facts.tsx'
import { detailPace } from './pace.ts'
import { Progress } from './progress.tsx'
import { readReport } from './read-report.ts'
import { PublishedMark, ReplayMark } from './replay-mark.tsx'
import { Report } from './report.tsx'
import { replayTexts } from './texts.ts'

type ReplayDetailProps = { id: string; view: View; navigate: Navigate }

export function ReplayDetail({ id, view, navigate }: ReplayDetailProps) {
  const { data: replay, error, refresh } = usePolled<ReplayDetailAnswer>(replayPath(id), detailPace)
  const words = replayTexts
  const missing = error?.status === 404
  return (
    <>
      <ViewLink
        class="replay-back"
        view={{ generation: undefined, site: undefined, figure: undefined, dimension: undefined }}
        navigate={navigate}
      >
        <BackIcon />
        {words.toList}
      </ViewLink>
      {missing && <p class="hint">{words.noneOf(id)}</p>}
      {error && !missing && (
        <Notice text={replay ? words.lost : error.message || texts.problems.load} onRetry={refresh} />
      )}
      {!replay && !error && (
        <section class="card replays-skeleton">
          <span class="visually-hidden">{texts.loading}</span>
        </section>
      )}
      {replay && !missing && (
        <>
          <section class="card replay-card" aria-labelledby="replay-title">
            <div class="replay-card-head">
              <h2 id="replay-title">{formatDateRange(replay.from, replay.to)}</h2>
              <span class="replay-marks" role="status">
                <ReplayMark state={replay.state} />
                {replay.publishedAt !== null && <PublishedMark />}
              </span>
              <code>{id}</code>
            </div>
            <StateText replay={replay} />
            <Facts replay={replay} />
            <Actions replay={replay} view={view} navigate={navigate} onDone={refresh} />
          </section>
          <Difference replay={replay} view={view} navigate={navigate} />
        </>
      )}
    </>
  )
}

function StateText({ replay }: { replay: ReplayDetailAnswer }) {
  const words = replayTexts
  switch (replay.state) {
    case 'requested':
      return <p class="replay-told">{words.waiting}</p>
    case 'running':
      return <Progress replay={replay} />
    case 'failed':
      return (
        <div class="notice" role="alert">
          <span>
            {words.failed} <strong>{replay.error}</strong>
          </span>
        </div>
      )
    case 'dropping':
      return <p class="replay-told">{words.dropping}</p>
    case 'dropped':
      return <p class="replay-told">{words.dropped}</p>
    case 'ready':
      return null
  }
}

type DifferenceProps = { replay: ReplayDetailAnswer; view: View; navigate: Navigate }

function Difference({ replay, view, navigate }: DifferenceProps) {
  const report = readReport(replay.report)
  if (report) return <Report report={report} view={view} navigate={navigate} />
  return replay.state === 'ready' ? <p class="hint">{replayTexts.noReport}</p> : null
}
