/** Erasing what a site has, or what somebody left there: for its owners. */
import { useId, useState } from 'preact/hooks'
import type { ErasureAnswer, ErasuresAnswer } from '../../answers.ts'
import { Field, TextField } from '../field.tsx'
import { formatExact } from '../format.ts'
import { Notice } from '../notice.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { useSession } from '../state/session.ts'
import { usePolled } from '../state/use-polled.ts'
import { texts } from '../texts.ts'
import { Form } from './form.tsx'
import { dayText } from './moments.ts'
import { Question } from './question.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

const words = settingsTexts.erase

/** While something is under way it is looked at often. */
const lookMs = { underWay: 3000, otherwise: 60_000 }
const isUnderWay = ({ state }: ErasureAnswer) => state !== 'done'
const everyMs = (answer: ErasuresAnswer | undefined) =>
  answer?.erasures.some(isUnderWay) ? lookMs.underWay : lookMs.otherwise

export function Erase({ site }: { site: string }) {
  const path = apiPath(site, 'erasures')
  const { data, error, refresh } = usePolled<ErasuresAnswer>(path, everyMs)
  const isClosed = data?.erasures.some(({ kind }) => kind === 'site') === true
  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={refresh} />}
      <ul class="settings-list">
        {data?.erasures.map((erasure) => (
          <Erasure key={erasure.id} erasure={erasure} />
        ))}
      </ul>
      {data && !isClosed && (
        <>
          <EraseEvents path={path} onAsked={refresh} />
          <EraseSite site={site} path={path} onAsked={refresh} />
        </>
      )}
    </Section>
  )
}

function Erasure({ erasure }: { erasure: ErasureAnswer }) {
  const { kind, value, state, through, rows, days, requestedBy, requestedAt, failing } = erasure
  const administrator = useSession()?.administrator === true
  // Days of arrival are UTC days, wherever they are read.
  const utcDay = (day: string) => dayText(`${day}T12:00:00Z`)
  return (
    <li>
      <span class="settings-entry">
        {words.of[kind](value ?? '')}
        <small>
          {[
            ...(state === 'done' ? [] : [words.states[state]]),
            ...(state === 'archive' && through !== null ? [words.through(utcDay(through))] : []),
            ...(rows > 0 || state === 'done' ? [words.rows(rows, formatExact(rows))] : []),
            ...(failing ? [words.failing] : []),
            words.by(requestedBy, dayText(requestedAt)),
          ].join(', ')}
        </small>
        {kind !== 'site' && state === 'done' && days.length > 0 && (
          <small>
            {words.recount(days.map(utcDay).join(', '))} {administrator && <a href="/replays">{words.toReplays}</a>}
          </small>
        )}
      </span>
    </li>
  )
}

type AskProps = { path: string; onAsked: () => void }

function EraseEvents({ path, onAsked }: AskProps) {
  const id = useId()
  const [kind, setKind] = useState<'visitor' | 'load'>('visitor')
  const [value, setValue] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [asking, setAsking] = useState(false)
  const { busy, problem, run } = useAction()

  async function ask(): Promise<void> {
    const valid = /^[0-9a-f]{16}$/.test(value)
    setWrong(valid ? undefined : words.badValue)
    if (valid) setAsking(true)
    else document.getElementById(`${id}-value`)?.focus()
  }
  const erase = () =>
    run(async () => {
      await postJson<ErasureAnswer>(path, { [kind]: value })
      setValue('')
      onAsked()
    })

  return (
    <Form problem={problem} onSubmit={ask}>
      <div class="settings-new">
        <Field id={`${id}-kind`} label={words.kind} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={kind}
              onChange={({ currentTarget }) => setKind(currentTarget.value === 'load' ? 'load' : 'visitor')}
            >
              <option value="visitor">{words.kinds.visitor}</option>
              <option value="load">{words.kinds.load}</option>
            </select>
          )}
        </Field>
        <TextField
          id={`${id}-value`}
          label={words.value}
          hint={words.valueHint}
          problem={wrong}
          autocomplete="off"
          spellcheck={false}
          maxLength={16}
          value={value}
          onText={(text) => setValue(text.trim().toLowerCase())}
        />
        <button type="submit" class="button" disabled={busy}>
          {words.events}
        </button>
      </div>
      {asking && (
        <Question
          title={words.askEvents.title(value)}
          text={words.askEvents.text}
          yes={words.events}
          onClose={() => setAsking(false)}
          onYes={() => void erase()}
        />
      )}
    </Form>
  )
}

/** The name that is typed is the question: nobody types it by mistake. */
function EraseSite({ site, path, onAsked }: AskProps & { site: string }) {
  const id = useId()
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState<string>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setWrong(typed === site ? undefined : words.badConfirm(site))
    if (typed !== site) return document.getElementById(`${id}-site`)?.focus()
    await run(async () => {
      await postJson<ErasureAnswer>(path, { site })
      onAsked()
    })
  }

  return (
    <Form problem={problem} onSubmit={submit}>
      <p class="settings-lead settings-apart">{words.siteLead}</p>
      <div class="settings-new">
        <TextField
          id={`${id}-site`}
          label={words.confirm(site)}
          problem={wrong}
          autocomplete="off"
          spellcheck={false}
          maxLength={64}
          value={typed}
          onText={setTyped}
        />
        <button type="submit" class="button button-danger" disabled={busy}>
          {words.site}
        </button>
      </div>
    </Form>
  )
}
