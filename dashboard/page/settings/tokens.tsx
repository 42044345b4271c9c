/** Tokens for programs, of a site or of the installation. */
import { useId, useState } from 'preact/hooks'
import { type NewTokenAnswer, roles, type TokenRole, type TokensAnswer } from '../../answers.ts'
import { Field, Problem, TextField } from '../field.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, getJson, postJson } from '../state/client.ts'
import { texts } from '../texts.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Form } from './form.tsx'
import { dayText, momentText } from './moments.ts'
import { RoleSelect } from './role-select.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { ToldOnce } from './told-once.tsx'
import { useAction } from './use-action.ts'
import { useList } from './use-list.ts'

const words = settingsTexts.tokens
const installationRoles = [...roles, 'administrator'] as const

/** @param site undefined: of the installation */
export function Tokens({ site }: { site: string | undefined }) {
  const path = site === undefined ? '/api/tokens' : apiPath(site, 'tokens')
  const { data, error, retry, set } = useList<TokensAnswer>(path)
  const { busy, problem, run } = useAction()
  const id = useId()
  const title = site === undefined ? words.installationTitle : words.title
  const lead = site === undefined ? words.installationLead : words.lead

  return (
    <Section title={title} lead={lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data?.tokens.length === 0 && <p class="settings-none">{words.none}</p>}
      <ul class="settings-list">
        {data?.tokens.map(({ id: token, name, role, createdBy, createdAt, usedAt }) => (
          <li key={token}>
            <span class="settings-entry">
              {name}
              <small>
                {settingsTexts.madeBy(createdBy, dayText(createdAt))},{' '}
                {usedAt === null ? words.unused : words.used(momentText(usedAt))}
              </small>
            </span>
            <span class="settings-role">{settingsTexts.roles[role]}</span>
            <ConfirmButton
              face={words.revoke}
              label={words.revokeOf(name)}
              question={{ title: words.ask.title(name), text: words.ask.text }}
              busy={busy}
              onConfirm={() => void run(async () => set(await postJson<TokensAnswer>(`${path}/${token}/revoke`)))}
            />
          </li>
        ))}
      </ul>
      <Problem id={`${id}-problem`} text={problem} />
      <NewToken
        path={path}
        roles={site === undefined ? installationRoles : roles}
        onMade={async () => set(await getJson<TokensAnswer>(path))}
      />
    </Section>
  )
}

type NewTokenProps = { path: string; roles: readonly TokenRole[]; onMade: () => Promise<void> }

function NewToken({ path, roles: offered, onMade }: NewTokenProps) {
  const id = useId()
  const [name, setName] = useState('')
  const [role, setRole] = useState<TokenRole>('viewer')
  const [wrong, setWrong] = useState<string>()
  const [made, setMade] = useState<NewTokenAnswer>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setMade(undefined)
    const named = name.trim() !== ''
    setWrong(named ? undefined : words.nameNeeded)
    if (!named) return document.getElementById(`${id}-name`)?.focus()
    await run(async () => {
      setMade(await postJson<NewTokenAnswer>(path, { name: name.trim(), role }))
      setName('')
      await onMade()
    })
  }

  return (
    <Form
      problem={problem}
      onSubmit={submit}
      end={made && <ToldOnce lead={words.made(made.name)} secret={made.token} />}
    >
      <div class="settings-new">
        <TextField
          id={`${id}-name`}
          label={settingsTexts.name}
          hint={words.nameHint}
          problem={wrong}
          autocomplete="off"
          maxLength={64}
          value={name}
          onText={setName}
        />
        <Field id={`${id}-role`} label={settingsTexts.role} hint={settingsTexts.roleHints[role]} problem={undefined}>
          {() => <RoleSelect id={`${id}-role`} roles={offered} value={role} onChange={setRole} />}
        </Field>
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.create}
        </button>
      </div>
    </Form>
  )
}
