/** Where incidents of a site are told: webhooks, and what came of the last deliveries. */
import { useId, useState } from 'preact/hooks'
import type { DeliveryAnswer, NewWebhookAnswer, WebhookAnswer, WebhooksAnswer } from '../../anomaly-answers.ts'
import { Problem, TextField } from '../field.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { usePolled } from '../state/use-polled.ts'
import { texts } from '../texts.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Form } from './form.tsx'
import { dayText, momentText } from './moments.ts'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { ToldOnce } from './told-once.tsx'
import { useAction } from './use-action.ts'

const words = settingsTexts.alerts

const isWaitedFor = ({ event, state }: DeliveryAnswer) => event === 'example' && state === 'waiting'
/** Whoever has sent an example looks for what comes of it. */
const everyMs = (answer: WebhooksAnswer | undefined) =>
  answer?.webhooks.some(({ deliveries }) => deliveries.some(isWaitedFor)) ? 1000 : 30_000

export function Alerts({ site }: { site: string }) {
  const path = apiPath(site, 'webhooks')
  const { data, error, refresh } = usePolled<WebhooksAnswer>(path, everyMs)
  const { busy, problem, run } = useAction()
  const id = useId()
  const act = (what: string) =>
    void run(async () => {
      await postJson<WebhooksAnswer>(`${path}/${what}`)
      refresh()
    })

  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={refresh} />}
      {data?.webhooks.length === 0 && <p class="settings-none">{words.none}</p>}
      <ul class="settings-list">
        {data?.webhooks.map((webhook) => (
          <Entry key={webhook.id} webhook={webhook} busy={busy} act={act} />
        ))}
      </ul>
      <Problem id={`${id}-problem`} text={problem} />
      <NewWebhook path={path} onMade={refresh} />
    </Section>
  )
}

type EntryProps = { webhook: WebhookAnswer; busy: boolean; act: (what: string) => void }

function Entry({ webhook: { id, url, createdBy, createdAt, deliveries }, busy, act }: EntryProps) {
  const { host } = new URL(url)
  return (
    <li>
      <span class="settings-entry">
        {url}
        <small>{settingsTexts.madeBy(createdBy, dayText(createdAt))}</small>
      </span>
      <button
        type="button"
        class="button"
        aria-label={words.testOf(host)}
        disabled={busy || deliveries.some(isWaitedFor)}
        onClick={() => act(`${id}/test`)}
      >
        {words.test}
      </button>
      <ConfirmButton
        face={words.revoke}
        label={words.revokeOf(host)}
        question={{ title: words.ask.title(host), text: words.ask.text }}
        busy={busy}
        onConfirm={() => act(`${id}/revoke`)}
      />
      {deliveries.length > 0 && (
        <ul class="settings-deliveries" aria-label={words.deliveriesOf(host)}>
          {deliveries.map((delivery) => (
            <li key={delivery.id} data-state={delivery.state}>
              {words.events[delivery.event]}, {momentText(delivery.triedAt ?? delivery.createdAt)}:{' '}
              {outcomeText(delivery)}
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

function outcomeText({ state, status, error, nextAt, attempts }: DeliveryAnswer): string {
  if (state === 'delivered') return words.delivered(status ?? 0)
  if (error === null) return words.waiting
  const why = error === 'status' ? words.answered(status ?? 0) : words.errors[error]
  return nextAt === null ? words.failed(why, attempts) : words.again(why, momentText(nextAt))
}

function NewWebhook({ path, onMade }: { path: string; onMade: () => void }) {
  const id = useId()
  const [url, setUrl] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [made, setMade] = useState<NewWebhookAnswer>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setMade(undefined)
    const isUrl = URL.canParse(url.trim())
    setWrong(isUrl ? undefined : words.urlNeeded)
    if (!isUrl) return document.getElementById(`${id}-url`)?.focus()
    await run(async () => {
      setMade(await postJson<NewWebhookAnswer>(path, { url: url.trim() }))
      setUrl('')
      onMade()
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={made && <ToldOnce lead={words.made} secret={made.secret} />}>
      <div class="settings-new">
        <TextField
          id={`${id}-url`}
          label={words.url}
          hint={words.urlHint}
          problem={wrong}
          autocomplete="off"
          maxLength={2000}
          value={url}
          onText={setUrl}
        />
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.create}
        </button>
      </div>
    </Form>
  )
}
