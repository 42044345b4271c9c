/** Whether the networks of visitors are kept (docs/decisions/0017). */
import { useId, useState } from 'preact/hooks'
import type { SiteAnswer } from '../../answers.ts'
import { Problem } from '../field.tsx'
import { Modal } from '../modal.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

type NetworkProps = { site: SiteAnswer; onChanged: () => void }

export function Network({ site, onChanged }: NetworkProps) {
  const words = settingsTexts.network
  const id = useId()
  const [kept, setKept] = useState(site.network)
  const [asking, setAsking] = useState(false)
  const { busy, problem, run } = useAction()
  const keep = (network: boolean) =>
    run(async () => {
      await postJson<SiteAnswer>(apiPath(site.site, 'network'), { network })
      setKept(network)
      onChanged()
    })

  if (site.strict) return <Section title={words.title}>{<p class="settings-lead">{words.strict}</p>}</Section>
  return (
    <Section title={words.title}>
      <label class="settings-switch">
        <input
          type="checkbox"
          aria-describedby={`${id}-hint`}
          checked={kept}
          disabled={busy}
          onClick={(event) => {
            // It moves when it is done, not when it is asked for.
            event.preventDefault()
            if (kept) void keep(false)
            else setAsking(true)
          }}
        />
        {words.label}
      </label>
      <small id={`${id}-hint`}>{words.hint}</small>
      <Problem id={`${id}-problem`} text={problem} />
      {asking && (
        <Modal title={words.ask.title} onClose={() => setAsking(false)}>
          {(close) => (
            <div class="modal-body">
              <p>{words.ask.text}</p>
              <div class="modal-buttons">
                <button type="button" class="button" onClick={close}>
                  {settingsTexts.cancel}
                </button>
                <button
                  type="button"
                  class="button button-primary"
                  onClick={() => {
                    close()
                    void keep(true)
                  }}
                >
                  {words.ask.yes}
                </button>
              </div>
            </div>
          )}
        </Modal>
      )}
    </Section>
  )
}
