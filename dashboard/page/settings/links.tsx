/** Shared links to the figures of a site. */
import { useId, useState } from 'preact/hooks'
import { type LinksAnswer, minPasswordLength, type NewLinkAnswer } from '../../answers.ts'
import { Problem, TextField } from '../field.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, getJson, postJson } from '../state/client.ts'
import { texts } from '../texts.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Form } from './form.tsx'
import { dayText } from './moments.ts'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { ToldOnce } from './told-once.tsx'
import { useAction } from './use-action.ts'
import { useList } from './use-list.ts'

const words = settingsTexts.links

export function Links({ site }: { site: string }) {
  const path = apiPath(site, 'links')
  const { data, error, retry, set } = useList<LinksAnswer>(path)
  const { busy, problem, run } = useAction()
  const id = useId()

  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data?.links.length === 0 && <p class="settings-none">{words.none}</p>}
      <ul class="settings-list">
        {data?.links.map(({ id: link, name, password, createdBy, createdAt, expiresAt }) => (
          <li key={link}>
            <span class="settings-entry">
              {name}
              <small>
                {[
                  settingsTexts.madeBy(createdBy, dayText(createdAt)),
                  ...(password ? [words.withPassword] : []),
                  ...(expiresAt === null ? [] : [settingsTexts.until(dayText(expiresAt))]),
                ].join(', ')}
              </small>
            </span>
            <ConfirmButton
              face={words.revoke}
              label={words.revokeOf(name)}
              question={{ title: words.ask.title(name), text: words.ask.text }}
              busy={busy}
              onConfirm={() => void run(async () => set(await postJson<LinksAnswer>(`${path}/${link}/revoke`)))}
            />
          </li>
        ))}
      </ul>
      <Problem id={`${id}-problem`} text={problem} />
      <NewLink path={path} onMade={async () => set(await getJson<LinksAnswer>(path))} />
    </Section>
  )
}

type Problems = { name?: string; password?: string; day?: string }

function NewLink({ path, onMade }: { path: string; onMade: () => Promise<void> }) {
  const id = useId()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [day, setDay] = useState('')
  const [problems, setProblems] = useState<Problems>({})
  const [made, setMade] = useState<NewLinkAnswer>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setMade(undefined)
    // To the end of that day, where whoever makes it is.
    const end = day === '' ? undefined : Date.parse(`${day}T23:59:59`)
    const found: Problems = {
      ...(name.trim() === '' && { name: words.nameNeeded }),
      ...(password !== '' &&
        password.length < minPasswordLength && { password: words.shortPassword(minPasswordLength) }),
      ...(end !== undefined && end < Date.now() && { day: words.past }),
    }
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    await run(async () => {
      const body = {
        name: name.trim(),
        ...(password !== '' && { password }),
        ...(end !== undefined && { expiresAt: new Date(end).toISOString() }),
      }
      setMade(await postJson<NewLinkAnswer>(path, body))
      for (const clear of [setName, setPassword, setDay]) clear('')
      await onMade()
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={made && <ToldOnce lead={words.made(made.name)} secret={made.url} />}>
      <div class="settings-new">
        <TextField
          id={`${id}-name`}
          label={settingsTexts.name}
          hint={words.nameHint}
          problem={problems.name}
          autocomplete="off"
          maxLength={64}
          value={name}
          onText={setName}
        />
        <TextField
          id={`${id}-password`}
          label={words.password}
          hint={words.passwordHint(minPasswordLength)}
          problem={problems.password}
          type="password"
          autocomplete="new-password"
          maxLength={256}
          value={password}
          onText={setPassword}
        />
        <TextField
          id={`${id}-day`}
          label={words.expires}
          hint={words.expiresHint}
          problem={problems.day}
          type="date"
          value={day}
          onText={setDay}
        />
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.create}
        </button>
      </div>
    </Form>
  )
}
