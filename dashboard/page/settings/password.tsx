/** A member's own password. */
import { useId, useState } from 'preact/hooks'
import { minPasswordLength, type SessionAnswer } from '../../answers.ts'
import { TextField } from '../field.tsx'
import { postJson } from '../state/client.ts'
import { Form, FormEnd } from './form.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

const words = settingsTexts.password

export function Password({ email }: { email: string }) {
  const id = useId()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [short, setShort] = useState<string>()
  const [done, setDone] = useState(false)
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setDone(false)
    const long = next.length >= minPasswordLength
    setShort(long ? undefined : words.short(minPasswordLength))
    if (!long) return document.getElementById(`${id}-next`)?.focus()
    await run(async () => {
      await postJson<SessionAnswer>('/api/session/password', { current, next })
      setDone(true)
      for (const clear of [setCurrent, setNext]) clear('')
    })
  }

  return (
    <Section title={words.title} lead={words.lead(email)}>
      <Form
        problem={problem}
        onSubmit={submit}
        end={<FormEnd button={words.change} busy={busy} done={done ? words.done : ''} />}
      >
        <input type="hidden" name="username" autocomplete="username" value={email} />
        <div class="field-pair">
          <TextField
            id={`${id}-current`}
            label={words.current}
            problem={undefined}
            type="password"
            autocomplete="current-password"
            maxLength={256}
            value={current}
            onText={setCurrent}
          />
          <TextField
            id={`${id}-next`}
            label={words.next}
            hint={words.nextHint(minPasswordLength)}
            problem={short}
            type="password"
            autocomplete="new-password"
            maxLength={256}
            value={next}
            onText={setNext}
          />
        </div>
      </Form>
    </Section>
  )
}
