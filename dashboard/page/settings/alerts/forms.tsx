/** Who else is to be told of incidents: a webhook, an e-mail address, a topic. */
import { useId, useState } from 'preact/hooks'
import type { NewChannelAnswer } from '../../../anomaly-answers.ts'
import { Field, TextField } from '../../field.tsx'
import { postJson } from '../../state/client.ts'
import { Form } from '../form.tsx'
import { ToldOnce } from '../told-once.tsx'
import { useAction } from '../use-action.ts'
import { alertTexts } from './texts.ts'

const words = alertTexts

type NewChannelProps = { path: string; onMade: () => void }

export function NewWebhook({ path, onMade }: NewChannelProps) {
  const id = useId()
  const [url, setUrl] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [made, setMade] = useState<NewChannelAnswer>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setMade(undefined)
    const isUrl = URL.canParse(url.trim())
    setWrong(isUrl ? undefined : words.urlNeeded)
    if (!isUrl) return document.getElementById(`${id}-url`)?.focus()
    await run(async () => {
      setMade(await postJson<NewChannelAnswer>(path, { url: url.trim() }))
      setUrl('')
      onMade()
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={made?.secret && <ToldOnce lead={words.made} secret={made.secret} />}>
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

/** @param isSetUp whether there is a mail server */
export function NewAddress({ path, onMade, isSetUp }: NewChannelProps & { isSetUp: boolean }) {
  const id = useId()
  const [email, setEmail] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [asked, setAsked] = useState<string>()
  const { busy, problem, run } = useAction()
  if (!isSetUp) return <p class="settings-none">{words.noMail}</p>

  async function submit(): Promise<void> {
    setAsked(undefined)
    const isAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())
    setWrong(isAddress ? undefined : words.emailNeeded)
    if (!isAddress) return document.getElementById(`${id}-email`)?.focus()
    await run(async () => {
      const { target } = await postJson<NewChannelAnswer>(path, { email: email.trim() })
      setAsked(target)
      setEmail('')
      onMade()
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={<p role="status">{asked && words.asked(asked)}</p>}>
      <div class="settings-new">
        <TextField
          id={`${id}-email`}
          label={words.email}
          hint={words.emailHint}
          problem={wrong}
          type="email"
          autocomplete="off"
          maxLength={254}
          value={email}
          onText={setEmail}
        />
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.askAddress}
        </button>
      </div>
    </Form>
  )
}

export function NewTopic({ path, onMade, topics }: NewChannelProps & { topics: string[] }) {
  const id = useId()
  const [topic, setTopic] = useState(topics[0] ?? '')
  const { busy, problem, run } = useAction()
  const submit = () =>
    run(async () => {
      await postJson<NewChannelAnswer>(path, { topic })
      onMade()
    })
  return (
    <Form problem={problem} onSubmit={submit}>
      <div class="settings-new">
        <Field id={`${id}-topic`} label={words.topic} problem={undefined}>
          {(attributes) => (
            <select {...attributes} value={topic} onChange={({ currentTarget }) => setTopic(currentTarget.value)}>
              {topics.map((arn) => (
                <option key={arn}>{arn}</option>
              ))}
            </select>
          )}
        </Field>
        <button type="submit" class="button button-primary" disabled={busy}>
          {words.tellTopic}
        </button>
      </div>
    </Form>
  )
}
