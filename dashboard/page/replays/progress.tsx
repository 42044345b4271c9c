/** How far a replay has come. */
import type { ReplayAnswer } from '../../answers.ts'
import { formatCount, formatPercent } from '../format.ts'
import { replayTexts } from './texts.ts'

export function Progress({ replay: { id, progress } }: { replay: ReplayAnswer }) {
  const { events, expectedEvents } = progress ?? { events: 0, expectedEvents: null }
  const words = replayTexts
  // What arrived while it ran was not expected.
  const share = expectedEvents === null || expectedEvents === 0 ? undefined : Math.min(1, events / expectedEvents)
  const told =
    expectedEvents === null
      ? words.events(events, formatCount(events))
      : words.progressOf(formatCount(events), formatCount(expectedEvents))
  return (
    <div class="progress">
      <div
        class="progress-track"
        role="progressbar"
        aria-label={words.progress(id)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
        aria-valuetext={told}
      >
        <span data-unknown={share === undefined} style={{ width: `${(share ?? 1) * 100}%` }} />
      </div>
      <span class="progress-text">
        {told}
        {share !== undefined && <strong>{formatPercent(share)}</strong>}
      </span>
    </div>
  )
}
