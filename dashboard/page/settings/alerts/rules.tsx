/** Which incidents are told, and in which hours not. */
import { useId, useState } from 'preact/hooks'
import type { AlertRulesAnswer } from '../../../anomaly-answers.ts'
import { Field, TextField } from '../../field.tsx'
import { Notice } from '../../notice.tsx'
import { apiPath, postJson } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import { Form, FormEnd } from '../form.tsx'
import { settingsTexts } from '../texts.ts'
import { useAction } from '../use-action.ts'
import { zonesWith } from '../zones.ts'
import { alertTexts } from './texts.ts'

const words = alertTexts.rules
const severities = ['notice', 'warning', 'critical'] as const

/** As routes/alert-rules.ts has it. */
const most = { minimum: 1440, coolDown: 10_080 }

export function AlertRules({ site }: { site: string }) {
  const path = apiPath(site, 'alert-rules')
  const { data, error, retry } = useFetched<AlertRulesAnswer>(path)
  return (
    <>
      <h3>{words.title}</h3>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data && <RulesForm key={site} path={path} rules={data} />}
    </>
  )
}

type Problems = Partial<Record<'minimum' | 'coolDown' | 'to', string>>

function RulesForm({ path, rules }: { path: string; rules: AlertRulesAnswer }) {
  const id = useId()
  const [severity, setSeverity] = useState(rules.minimumSeverity)
  const [minimum, setMinimum] = useState(String(rules.minimumMinutes))
  const [coolDown, setCoolDown] = useState(String(rules.coolDownMinutes))
  const [from, setFrom] = useState(rules.quiet?.from ?? '')
  const [to, setTo] = useState(rules.quiet?.to ?? '')
  const [zone, setZone] = useState(rules.quiet?.timeZone ?? '')
  const [passes, setPasses] = useState(rules.quiet?.criticalPasses ?? true)
  const [problems, setProblems] = useState<Problems>({})
  const [done, setDone] = useState<string>()
  const { busy, problem, run } = useAction()

  async function submit(): Promise<void> {
    setDone(undefined)
    const found: Problems = {
      ...(!isUpTo(minimum, most.minimum) && { minimum: words.bad(String(most.minimum)) }),
      ...(!isUpTo(coolDown, most.coolDown) && { coolDown: words.bad(String(most.coolDown)) }),
      ...(((from === '') !== (to === '') || (from !== '' && from === to)) && { to: words.badHours }),
    }
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    const body: AlertRulesAnswer = {
      minimumSeverity: severity,
      minimumMinutes: Number(minimum),
      coolDownMinutes: Number(coolDown),
      quiet: from === '' ? null : { from, to, timeZone: zone || null, criticalPasses: passes },
    }
    await run(async () => {
      await postJson<AlertRulesAnswer>(path, body)
      setDone(settingsTexts.saved)
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={<FormEnd button={settingsTexts.save} busy={busy} done={done} />}>
      <Field id={`${id}-severity`} label={words.severity} problem={undefined}>
        {(attributes) => (
          <select
            {...attributes}
            value={severity}
            onChange={({ currentTarget }) =>
              setSeverity(severities.find((each) => each === currentTarget.value) ?? 'notice')
            }
          >
            {severities.map((each) => (
              <option key={each} value={each}>
                {words.severities[each]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="field-pair">
        <TextField
          id={`${id}-minimum`}
          label={words.minimum}
          hint={words.minimumHint}
          problem={problems.minimum}
          autocomplete="off"
          maxLength={5}
          value={minimum}
          onText={setMinimum}
        />
        <TextField
          id={`${id}-coolDown`}
          label={words.coolDown}
          hint={words.coolDownHint}
          problem={problems.coolDown}
          autocomplete="off"
          maxLength={5}
          value={coolDown}
          onText={setCoolDown}
        />
      </div>
      <div class="field-pair">
        <TextField
          id={`${id}-from`}
          label={words.from}
          hint={words.hoursHint}
          problem={undefined}
          type="time"
          value={from}
          onText={setFrom}
        />
        <TextField id={`${id}-to`} label={words.to} problem={problems.to} type="time" value={to} onText={setTo} />
      </div>
      <Field id={`${id}-zone`} label={words.zone} problem={undefined}>
        {(attributes) => (
          <select {...attributes} value={zone} onChange={({ currentTarget }) => setZone(currentTarget.value)}>
            <option value="">{words.siteZone}</option>
            {zonesWith(zone || 'UTC').map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        )}
      </Field>
      <label class="settings-switch">
        <input type="checkbox" checked={passes} onChange={({ currentTarget }) => setPasses(currentTarget.checked)} />{' '}
        {words.passes}
      </label>
    </Form>
  )
}

function isUpTo(text: string, most: number): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= most
}
