/** For how long visitors of a site keep a name (docs/decisions/0034-visitors-remembered-for-weeks.md). */
import { useId, useState } from 'preact/hooks'
import { rememberedWeeks } from '../../../stream/remembered.ts'
import type { SiteAnswer } from '../../answers.ts'
import { Field } from '../field.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { Form, FormEnd } from './form.tsx'
import { utcDayText } from './moments.ts'
import { Question } from './question.tsx'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

const words = settingsTexts.visitors
/** As the choice has it. */
const aDay = ''

export function Visitors({ site }: { site: SiteAnswer }) {
  const id = useId()
  const [kept, setKept] = useState<Pick<SiteAnswer, 'rememberedWeeks' | 'rememberedFrom'>>(site)
  const [chosen, setChosen] = useState(String(site.rememberedWeeks ?? aDay))
  const [asking, setAsking] = useState(false)
  const [done, setDone] = useState<string>()
  const { busy, problem, run } = useAction()

  const save = () =>
    run(async () => {
      const weeks = chosen === aDay ? null : Number(chosen)
      setKept(await postJson<SiteAnswer>(apiPath(site.site, 'visitors'), { rememberedWeeks: weeks }))
      setDone(settingsTexts.saved)
    })

  async function submit(): Promise<void> {
    setDone(undefined)
    if (chosen !== aDay && chosen !== String(kept.rememberedWeeks)) setAsking(true)
    else await save()
  }

  if (site.strict) return <Section title={words.title}>{<p class="settings-lead">{words.strict}</p>}</Section>
  const { rememberedFrom: since } = kept
  return (
    <Section title={words.title} lead={words.lead}>
      <Form problem={problem} onSubmit={submit} end={<FormEnd button={settingsTexts.save} busy={busy} done={done} />}>
        <Field id={`${id}-weeks`} label={words.label} hint={words.hint} problem={undefined}>
          {(attributes) => (
            <select {...attributes} value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
              <option value={aDay}>{words.aDay}</option>
              {rememberedWeeks.map((weeks) => (
                <option key={weeks} value={String(weeks)} selected={chosen === String(weeks)}>
                  {words.weeks(weeks)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {since !== null && <p class="settings-lead">{words.since(utcDayText(since))}</p>}
        {asking && <Question {...words.ask} onClose={() => setAsking(false)} onYes={() => void save()} />}
      </Form>
    </Section>
  )
}
