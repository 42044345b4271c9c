/** Who has a role at a site, who is invited, and who may choose a new password. */
import { useId, useState } from 'preact/hooks'
import { type MembersAnswer, type NewInvitationAnswer, type NewResetAnswer, type Role, roles } from '../../answers.ts'
import { Field, Problem, TextField } from '../field.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, getJson, postJson } from '../state/client.ts'
import { useSession } from '../state/session.ts'
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

const words = settingsTexts.people

export function People({ site }: { site: string }) {
  const list = useList<MembersAnswer>(apiPath(site, 'members'))
  const { data, error, retry, set } = list
  const { busy, problem, run } = useAction()
  const [reset, setReset] = useState<NewResetAnswer>()
  const id = useId()
  const own = useSession()?.name
  const post = (path: string, body?: object) =>
    run(async () => set(await postJson<MembersAnswer>(apiPath(site, path), body)))

  async function makeReset(email: string): Promise<void> {
    setReset(undefined)
    await run(async () => {
      setReset(await postJson<NewResetAnswer>(apiPath(site, 'members/reset'), { email }))
      set(await getJson<MembersAnswer>(apiPath(site, 'members')))
    })
  }

  async function takeBack(link: string): Promise<void> {
    if (reset?.id === link) setReset(undefined)
    await post(`resets/${link}/revoke`)
  }

  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data && data.members.length + data.invitations.length === 0 && <p class="settings-none">{words.none}</p>}
      <ul class="settings-list">
        {data?.members.map(({ email, role, createdAt }) => (
          <li key={email}>
            <span class="settings-entry">
              {email} {email === own && <em>({words.you})</em>}
              <small>{settingsTexts.since(dayText(createdAt))}</small>
            </span>
            <RoleSelect
              label={words.roleOf(email)}
              roles={roles}
              value={role}
              // Nobody shuts themselves out by an arrow key: another owner does it, or `Remove`, which asks.
              disabled={busy || email === own}
              onChange={(chosen) => void post('members/role', { email, role: chosen })}
            />
            {/* Who knows their own changes it below. */}
            {email !== own && (
              <button
                type="button"
                class="button"
                aria-label={words.resetOf(email)}
                disabled={busy}
                onClick={() => void makeReset(email)}
              >
                {words.reset}
              </button>
            )}
            <ConfirmButton
              face={words.remove}
              label={words.removeOf(email)}
              question={{ title: words.askRemove.title(email), text: words.askRemove.text }}
              busy={busy}
              onConfirm={() => void post('members/remove', { email })}
            />
          </li>
        ))}
        {data?.invitations.map(({ id: invitation, email, role, expiresAt }) => (
          <li key={invitation}>
            <span class="settings-entry">
              {email}
              <small>
                {words.invited}, {settingsTexts.until(dayText(expiresAt))}
              </small>
            </span>
            <span class="settings-role">{settingsTexts.roles[role]}</span>
            <button
              type="button"
              class="button"
              aria-label={words.revokeOf(email)}
              disabled={busy}
              onClick={() => void post(`invitations/${invitation}/revoke`)}
            >
              {words.revoke}
            </button>
          </li>
        ))}
        {data?.resets.map(({ id: link, email, expiresAt }) => (
          <li key={link}>
            <span class="settings-entry">
              {email}
              <small>
                {words.resetOpen}, {settingsTexts.until(momentText(expiresAt))}
              </small>
            </span>
            <button
              type="button"
              class="button"
              aria-label={words.revokeResetOf(email)}
              disabled={busy}
              onClick={() => void takeBack(link)}
            >
              {words.revoke}
            </button>
          </li>
        ))}
      </ul>
      <Problem id={`${id}-problem`} text={problem} />
      {reset && <ToldOnce lead={words.madeReset(reset.email)} secret={reset.url} />}
      <Invite site={site} onInvited={(members) => set(members)} />
    </Section>
  )
}

function Invite({ site, onInvited }: { site: string; onInvited: (members: MembersAnswer) => void }) {
  const id = useId()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [wrong, setWrong] = useState<string>()
  const [made, setMade] = useState<NewInvitationAnswer>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setMade(undefined)
    const valid = /^[^\s@]+@[^\s@]+$/.test(email.trim())
    setWrong(valid ? undefined : words.badEmail)
    if (!valid) return document.getElementById(`${id}-email`)?.focus()
    await run(async () => {
      const body = { email: email.trim(), role }
      setMade(await postJson<NewInvitationAnswer>(apiPath(site, 'invitations'), body))
      setEmail('')
      onInvited(await getJson<MembersAnswer>(apiPath(site, 'members')))
    })
  }

  return (
    <Form
      problem={problem}
      onSubmit={submit}
      end={made && <ToldOnce lead={words.made(made.email)} secret={made.url} />}
    >
      <div class="settings-new">
        <TextField
          id={`${id}-email`}
          label={words.email}
          problem={wrong}
          type="email"
          autocomplete="off"
          maxLength={254}
          value={email}
          onText={setEmail}
        />
        <Field id={`${id}-role`} label={settingsTexts.role} hint={settingsTexts.roleHints[role]} problem={undefined}>
          {() => <RoleSelect id={`${id}-role`} roles={roles} value={role} onChange={setRole} />}
        </Field>
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.invite}
        </button>
      </div>
    </Form>
  )
}
