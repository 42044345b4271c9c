/** For how many days a site keeps its events and figures. */
import { useId, useState } from 'preact/hooks'
import type { SiteAnswer } from '../../answers.ts'
import { TextField } from '../field.tsx'
import { formatExact } from '../format.ts'
import { apiPath, postJson } from '../state/client.ts'
import { Form, FormEnd } from './form.tsx'
import { Question } from './question.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

type Days = Record<'archiveDays' | 'figureDays', number | null>
type Problems = Partial<Record<keyof Days, string>>

/** As routes/site-body.ts has it. */
const mostDays = 3660
const words = settingsTexts.retention
const shown = (days: number | null) => (days === null ? '' : String(days))
/** Undefined: no number of days. */
function daysOf(text: string): number | null | undefined {
  if (text === '') return null
  const days = Number(text)
  return /^\d{1,4}$/.test(text) && days >= 1 && days <= mostDays ? days : undefined
}
const isLess = (next: number | null, last: number | null) => next !== null && (last === null || next < last)

export function Retention({ site }: { site: SiteAnswer }) {
  const id = useId()
  const [kept, setKept] = useState<Days>(site)
  const [archive, setArchive] = useState(shown(site.archiveDays))
  const [figures, setFigures] = useState(shown(site.figureDays))
  const [problems, setProblems] = useState<Problems>({})
  const [asking, setAsking] = useState<Days>()
  const [done, setDone] = useState<string>()
  const { busy, problem, run } = useAction()

  const save = (days: Days) =>
    run(async () => {
      await postJson<SiteAnswer>(apiPath(site.site, 'retention'), days)
      setKept(days)
      setDone(settingsTexts.saved)
    })

  async function submit(): Promise<void> {
    const [archiveDays, figureDays] = [daysOf(archive), daysOf(figures)]
    const bad = words.bad(formatExact(mostDays))
    const found: Problems = {
      ...(archiveDays === undefined && { archiveDays: bad }),
      ...(figureDays === undefined && { figureDays: bad }),
    }
    setProblems(found)
    setDone(undefined)
    const [first] = Object.keys(found)
    if (first !== undefined) document.getElementById(`${id}-${first}`)?.focus()
    if (archiveDays === undefined || figureDays === undefined) return
    const days = { archiveDays, figureDays }
    if (isLess(archiveDays, kept.archiveDays) || isLess(figureDays, kept.figureDays)) setAsking(days)
    else await save(days)
  }

  return (
    <Section title={words.title} lead={words.lead}>
      <Form problem={problem} onSubmit={submit} end={<FormEnd button={settingsTexts.save} busy={busy} done={done} />}>
        <div class="field-pair">
          <TextField
            id={`${id}-archiveDays`}
            label={words.archiveDays}
            hint={words.archiveHint}
            problem={problems.archiveDays}
            autocomplete="off"
            maxLength={4}
            value={archive}
            onText={(text) => setArchive(text.trim())}
          />
          <TextField
            id={`${id}-figureDays`}
            label={words.figureDays}
            hint={words.figureHint}
            problem={problems.figureDays}
            autocomplete="off"
            maxLength={4}
            value={figures}
            onText={(text) => setFigures(text.trim())}
          />
        </div>
        {asking && <Question {...words.ask} onClose={() => setAsking(undefined)} onYes={() => void save(asking)} />}
      </Form>
    </Section>
  )
}
