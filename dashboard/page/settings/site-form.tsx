/** What a site is called, where its days begin, where its pages are, and what tells them apart. */
import { useId, useState } from 'preact/hooks'
import type { SiteAnswer } from '../../answers.ts'
import { Field, TextField } from '../field.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { Form, FormEnd } from './form.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'
import { zonesWith } from './zones.ts'

type SiteFormProps = { site: SiteAnswer; onChanged: () => void }
type Problems = { name?: string; origins?: string }

const words = settingsTexts.general

export function SiteForm({ site, onChanged }: SiteFormProps) {
  const id = useId()
  const [name, setName] = useState(site.name)
  const [timeZone, setTimeZone] = useState(site.timeZone)
  const [origins, setOrigins] = useState(site.origins.join('\n'))
  const [queryParams, setQueryParams] = useState(site.queryParams.join('\n'))
  const [problems, setProblems] = useState<Problems>({})
  const [saved, setSaved] = useState(false)
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setSaved(false)
    const found = problemsOf(name, linesOf(origins))
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    await run(async () => {
      const change = { name: name.trim(), timeZone, origins: linesOf(origins), queryParams: linesOf(queryParams) }
      await postJson<SiteAnswer>(apiPath(site.site), change)
      setSaved(true)
      onChanged()
    })
  }

  return (
    <Section title={words.title}>
      <Form
        problem={problem}
        onSubmit={submit}
        end={<FormEnd button={settingsTexts.save} busy={busy} done={saved ? settingsTexts.saved : ''} />}
      >
        <div class="field-pair">
          <TextField
            id={`${id}-name`}
            label={settingsTexts.name}
            problem={problems.name}
            maxLength={128}
            value={name}
            onText={setName}
          />
          <Field id={`${id}-zone`} label={words.timeZone} hint={words.timeZoneHint} problem={undefined}>
            {(attributes) => (
              <select
                {...attributes}
                value={timeZone}
                onChange={({ currentTarget }) => setTimeZone(currentTarget.value)}
              >
                {zonesWith(site.timeZone).map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <Field id={`${id}-origins`} label={words.origins} hint={words.originsHint} problem={problems.origins}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={3}
              spellcheck={false}
              value={origins}
              onInput={({ currentTarget }) => setOrigins(currentTarget.value)}
            />
          )}
        </Field>
        <Field id={`${id}-params`} label={words.queryParams} hint={words.queryParamsHint} problem={undefined}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={2}
              spellcheck={false}
              value={queryParams}
              onInput={({ currentTarget }) => setQueryParams(currentTarget.value)}
            />
          )}
        </Field>
      </Form>
    </Section>
  )
}

function problemsOf(name: string, origins: readonly string[]): Problems {
  const wrong = origins.find((line) => !/^https?:\/\/[^/?#\s]+\/?$/i.test(line))
  return {
    ...(name.trim() === '' && { name: words.nameNeeded }),
    ...(wrong !== undefined && { origins: words.badOrigin(wrong) }),
  }
}

function linesOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((line) => line.trim())
    .filter(Boolean)
}
