/** Another site, for the administrator. */
import { useId, useState } from 'preact/hooks'
import type { SiteAnswer } from '../../answers.ts'
import { TextField } from '../field.tsx'
import { postJson } from '../state/client.ts'
import { Form } from './form.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

const words = settingsTexts.addSite

/** As stream/site.ts has it. */
const sitePattern = /^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$/

export function AddSite({ onAdded }: { onAdded: (site: string) => void }) {
  const id = useId()
  const [site, setSite] = useState('')
  const [wrong, setWrong] = useState<string>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    const valid = sitePattern.test(site)
    setWrong(valid ? undefined : words.badId)
    if (!valid) return document.getElementById(`${id}-site`)?.focus()
    await run(async () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
      await postJson<SiteAnswer>('/api/sites', { site, name: site, timeZone })
      setSite('')
      onAdded(site)
    })
  }

  return (
    <Section title={words.title}>
      <Form problem={problem} onSubmit={submit}>
        <div class="settings-new">
          <TextField
            id={`${id}-site`}
            label={words.id}
            hint={words.idHint}
            problem={wrong}
            autocomplete="off"
            spellcheck={false}
            maxLength={64}
            value={site}
            onText={(text) => setSite(text.trim())}
          />
          <button type="submit" class="button button-primary" disabled={busy}>
            {words.add}
          </button>
        </div>
      </Form>
    </Section>
  )
}
