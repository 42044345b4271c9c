/** Asks for a replay: of which sites and days, from where, by which rules. */
import { useId, useState } from 'preact/hooks'
import type { ReplayAnswer, SitesAnswer } from '../../answers.ts'
import { Field, Problem } from '../field.tsx'
import { Modal } from '../modal.tsx'
import { postJson, RequestError } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { problemOfRefusal, problemsOf, requestOf, type StartFields, type StartProblems } from './start-request.ts'
import { replayTexts } from './texts.ts'

type StartDialogProps = { onClose: () => void; onStarted: (id: string) => void }

const sources = ['auto', 'stream', 'archive'] as const

export function StartDialog({ onClose, onStarted }: StartDialogProps) {
  const words = replayTexts.form
  const formId = useId()
  const today = new Date().toISOString().slice(0, 10)
  const known = useFetched<SitesAnswer>('/api/sites').data?.sites ?? []
  const [fields, setFields] = useState<StartFields>({
    all: true,
    sites: [],
    from: today,
    to: today,
    source: 'auto',
    rules: '',
  })
  const [problems, setProblems] = useState<StartProblems>({})
  const [sending, setSending] = useState(false)
  const change = (different: Partial<StartFields>) => setFields((last) => ({ ...last, ...different }))

  async function submit(close: () => void): Promise<void> {
    const found = problemsOf(fields, today)
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) {
      document.getElementById(`${formId}-${first}`)?.focus()
      return
    }
    setSending(true)
    try {
      const { id } = await postJson<ReplayAnswer>('/api/replays', requestOf(fields))
      close()
      onStarted(id)
    } catch (error) {
      const told = error instanceof RequestError && error.message !== ''
      setProblems(told ? problemOfRefusal(error) : { form: words.problems.unreachable })
      setSending(false)
    }
  }

  return (
    <Modal title={replayTexts.start} onClose={onClose}>
      {(close) => (
        <form
          class="modal-body start-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void submit(close)
          }}
        >
          <p>{words.lead}</p>
          <fieldset aria-describedby={problems.sites && `${formId}-sites-problem`}>
            <legend>{words.sites}</legend>
            <div class="segments">
              {[true, false].map((all) => (
                <label key={String(all)} class="segment">
                  <input
                    id={all ? undefined : `${formId}-sites`}
                    type="radio"
                    name="all"
                    checked={fields.all === all}
                    onChange={() => change({ all })}
                  />
                  <span>{all ? replayTexts.allSites : words.some}</span>
                </label>
              ))}
            </div>
            {!fields.all && (
              <div class="site-choices">
                {known.map(({ site, name }) => (
                  <label key={site}>
                    <input
                      type="checkbox"
                      checked={fields.sites.includes(site)}
                      onChange={({ currentTarget: { checked } }) =>
                        change({
                          sites: checked ? [...fields.sites, site] : fields.sites.filter((each) => each !== site),
                        })
                      }
                    />
                    {name} {name !== site && <small>{site}</small>}
                  </label>
                ))}
              </div>
            )}
            <Problem id={`${formId}-sites-problem`} text={problems.sites} />
          </fieldset>
          <div class="field-pair">
            {(['from', 'to'] as const).map((name) => (
              <Field key={name} id={`${formId}-${name}`} label={words[name]} problem={problems[name]}>
                {(attributes) => (
                  <input
                    {...attributes}
                    type="date"
                    max={today}
                    value={fields[name]}
                    onInput={(event) => change({ [name]: event.currentTarget.value })}
                  />
                )}
              </Field>
            ))}
          </div>
          <small class="day-hint">{words.dayHint}</small>
          <fieldset>
            <legend>{words.source}</legend>
            <div class="segments">
              {sources.map((source) => (
                <label key={source} class="segment">
                  <input
                    type="radio"
                    name="source"
                    checked={fields.source === source}
                    onChange={() => change({ source })}
                  />
                  <span>{replayTexts.sources[source].name}</span>
                </label>
              ))}
            </div>
            <small>{replayTexts.sources[fields.source].about}</small>
            <Problem id={`${formId}-source-problem`} text={problems.source} />
          </fieldset>
          <Field id={`${formId}-rules`} label={words.rules} hint={words.rulesHint} problem={problems.rules}>
            {(attributes) => (
              <input
                {...attributes}
                type="text"
                autocomplete="off"
                spellcheck={false}
                value={fields.rules}
                onInput={(event) => change({ rules: event.currentTarget.value.trim() })}
              />
            )}
          </Field>
          <Problem id={`${formId}-form-problem`} text={problems.form} />
          <div class="modal-buttons">
            <button type="button" class="button" onClick={close}>
              {words.cancel}
            </button>
            <button type="submit" class="button button-primary" disabled={sending}>
              {words.submit}
            </button>
          </div>
        </form>
      )}
    </Modal>
  )
}
