/** Everything that was kept of a site, as a file to take away: for its owners. */
import { useId, useState } from 'preact/hooks'
import { TextField } from '../field.tsx'
import { apiPath, requestHead } from '../state/client.ts'
import { Form, FormEnd } from './form.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

export function Archive({ site }: { site: string }) {
  const words = settingsTexts.archive
  const id = useId()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const [wrong, setWrong] = useState<string>()
  const [done, setDone] = useState<string>()
  const { busy, problem, run } = useAction()

  async function download(): Promise<void> {
    const isBackwards = from !== '' && to !== '' && from > to
    setWrong(isBackwards ? words.backwards : undefined)
    setDone(undefined)
    if (isBackwards) return document.getElementById(`${id}-to`)?.focus()
    const path = apiPath(site, 'export', { from: from || undefined, to: to || undefined })
    await run(async () => {
      // The browser itself takes the file, which may be larger than a page can hold; a refusal would be all it shows.
      await requestHead(path, { 404: words.nothing, 503: words.busy })
      location.assign(path)
      setDone(words.begun)
    })
  }

  return (
    <Section title={words.title} lead={words.lead}>
      <Form problem={problem} onSubmit={download} end={<FormEnd button={words.download} busy={busy} done={done} />}>
        <div class="field-pair">
          <TextField
            id={`${id}-from`}
            label={words.from}
            type="date"
            value={from}
            onText={setFrom}
            problem={undefined}
          />
          <TextField
            id={`${id}-to`}
            label={words.to}
            hint={words.hint}
            type="date"
            value={to}
            onText={setTo}
            problem={wrong}
          />
        </div>
      </Form>
    </Section>
  )
}
