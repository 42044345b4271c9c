/** All replays, the latest first. */
import type { ReplayAnswer, ReplaysAnswer } from '../../answers.ts'
import { CopyBox } from '../copy-box.tsx'
import { formatCount, formatDateRange } from '../format.ts'
import { Notice } from '../notice.tsx'
import { usePolled } from '../state/use-polled.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { listPace } from './pace.ts'
import { Progress } from './progress.tsx'
import { PublishedMark, ReplayMark } from './replay-mark.tsx'
import { replayTexts } from './texts.ts'
import { formatMoment, sitesText } from './words.ts'

type ReplayListProps = { navigate: Navigate; onStart: () => void }

export function ReplayList({ navigate, onStart }: ReplayListProps) {
  const { data, error, refresh } = usePolled<ReplaysAnswer>('/api/replays', listPace)
  const words = replayTexts
  const start = (
    <button type="button" class="button button-primary" onClick={onStart}>
      {words.start}
    </button>
  )
  return (
    <>
      {error && <Notice text={data ? words.lost : error.message || texts.problems.load} onRetry={refresh} />}
      {data?.replays.length === 0 && (
        <section class="card empty">
          <h2>{words.empty.title}</h2>
          <p>{words.empty.lead}</p>
          {start}
          <h3>{words.empty.command}</h3>
          <CopyBox code={`npm run replay -- --all --from ${yesterday()}`} />
        </section>
      )}
      {!data && !error && (
        <section class="card replays-skeleton">
          <span class="visually-hidden">{texts.loading}</span>
        </section>
      )}
      {data && data.replays.length > 0 && (
        <>
          <div class="replays-head">
            <p>{words.lead}</p>
            {start}
          </div>
          <ul class="card replays">
            {data.replays.map((replay) => (
              <ReplayRow key={replay.id} replay={replay} navigate={navigate} />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function ReplayRow({ replay, navigate }: { replay: ReplayAnswer; navigate: Navigate }) {
  const { id, state, sites, from, to, source, rules, requestedAt, publishedAt } = replay
  const words = replayTexts
  const facts = [
    sitesText(sites),
    words.sources[source].name,
    ...(rules === null ? [] : [`${words.facts.rules} ${rules}`]),
  ]
  return (
    <li class="replay" data-replay={id}>
      <div class="replay-name">
        <ViewLink
          class="replay-link"
          view={{ generation: id, site: undefined, figure: undefined, dimension: undefined }}
          navigate={navigate}
        >
          {formatDateRange(from, to)}
        </ViewLink>
        <small>{facts.join(' · ')}</small>
      </div>
      <div class="replay-state">
        <span class="replay-marks">
          <ReplayMark state={state} />
          {publishedAt !== null && <PublishedMark />}
        </span>
        <small>{id}</small>
      </div>
      <div class="replay-outcome">
        <Outcome replay={replay} />
        <small>
          <time dateTime={requestedAt}>{formatMoment(requestedAt)}</time>
        </small>
      </div>
    </li>
  )
}

/** The most that a line can say: how far it is, what it changed, or why it failed. */
function Outcome({ replay }: { replay: ReplayAnswer }) {
  const { state, counts, error } = replay
  if (state === 'running') return <Progress replay={replay} />
  if (state === 'failed') return <p class="replay-error">{error}</p>
  if (!counts) return <p />
  const { changed, compared, replayed } = counts
  const events = replayTexts.events(replayed ?? 0, formatCount(replayed ?? 0))
  const change =
    changed === 0 ? replayTexts.identical : replayTexts.changed(formatCount(changed ?? 0), formatCount(compared ?? 0))
  return (
    <p>
      {change} <span class="replay-events">{events}</span>
    </p>
  )
}

function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
}
