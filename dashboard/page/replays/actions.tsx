/** What can be done with a replay, each after a question that says what will happen. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ReplayAnswer, ReplayDetailAnswer } from '../../answers.ts'
import { isVisible } from '../generation-banner.tsx'
import { Modal } from '../modal.tsx'
import { postJson, RequestError, replayPath } from '../state/client.ts'
import type { Navigate, View } from '../state/view.ts'
import { ViewLink } from '../view-link.tsx'
import { readReport } from './read-report.ts'
import { replayTexts } from './texts.ts'
import { refusalText } from './words.ts'

type ActionsProps = { replay: ReplayDetailAnswer; view: View; navigate: Navigate; onDone: () => void }

type Act = 'publish' | 'rollback' | 'drop'
type Outcome = { good: boolean; text: string }

export function Actions({ replay, view, navigate, onDone }: ActionsProps) {
  const words = replayTexts.actions
  const [asking, setAsking] = useState<Act>()
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>()
  const question = asking && words.ask[asking === 'drop' && replay.state === 'requested' ? 'withdraw' : asking]
  const told = useRef<HTMLParagraphElement>(null)

  // The button that was clicked may be gone with what it did: whoever uses the keyboard goes on from the outcome.
  useEffect(() => {
    if (outcome) told.current?.focus()
  }, [outcome])

  async function run(act: Act): Promise<void> {
    setBusy(true)
    setOutcome(undefined)
    try {
      await postJson<ReplayAnswer>(replayPath(replay.id, act))
      setOutcome({ good: true, text: words.done[act] })
    } catch (error) {
      setOutcome({ good: false, text: refusalText(error instanceof RequestError ? error : new RequestError(0)) })
    }
    setBusy(false)
    onDone()
  }

  return (
    <div class="replay-actions">
      {actsOf(replay).map((act) => (
        <button
          key={act}
          type="button"
          class={act === 'publish' && replay.counts?.changed !== 0 ? 'button button-primary' : 'button'}
          disabled={busy}
          onClick={() => setAsking(act)}
        >
          {words[act]}
        </button>
      ))}
      {isVisible(replay) && replay.state === 'ready' && (
        <ViewLink class="button" view={figuresOf(replay, view)} navigate={navigate}>
          {words.look}
        </ViewLink>
      )}
      {outcome && (
        <p
          ref={told}
          class="replay-outcome-told"
          data-good={outcome.good}
          role={outcome.good ? 'status' : 'alert'}
          tabIndex={-1}
        >
          {outcome.text}
        </p>
      )}
      {asking && question && (
        <Modal title={question.title} onClose={() => setAsking(undefined)}>
          {(close) => (
            <div class="modal-body">
              <p>{question.text}</p>
              <div class="modal-buttons">
                <button type="button" class="button" onClick={close}>
                  {words.cancel}
                </button>
                <button
                  type="button"
                  class={asking === 'drop' ? 'button button-danger' : 'button button-primary'}
                  onClick={() => {
                    close()
                    void run(asking)
                  }}
                >
                  {words[asking]}
                </button>
              </div>
            </div>
          )}
        </Modal>
      )}
    </div>
  )
}

function actsOf({ state, publishedAt }: ReplayAnswer): Act[] {
  if (publishedAt !== null) return ['rollback']
  if (state === 'ready') return ['publish', 'drop']
  return state === 'dropped' ? [] : ['drop']
}

/** Figures of the days in which something happened that it has counted again, of a site that it has. */
function figuresOf(replay: ReplayDetailAnswer, { site }: View): Partial<View> {
  const changes = readReport(replay.report)?.sites ?? []
  const change = changes.find((each) => each.site === site) ?? changes[0]
  const own = replay.sites === 'all' ? site : replay.sites[0]
  return {
    page: 'site',
    site: change?.site ?? own,
    generation: replay.id,
    period: 'custom',
    from: change?.days[0]?.day ?? replay.from,
    to: change?.days.at(-1)?.day ?? replay.to,
    interval: undefined,
  }
}
