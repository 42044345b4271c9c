/** The fields of a step: what happens, and where or under what name. */
import { useId } from 'preact/hooks'
import type { BreakdownAnswer } from '../../../answers.ts'
import { type StepKind, stepKinds } from '../../../query/steps.ts'
import { Field, TextField } from '../../field.tsx'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import type { StepDraft } from './step-words.ts'
import { aimTexts } from './texts.ts'

type StepFieldsProps = {
  site: string
  legend: string
  draft: StepDraft
  problem: string | undefined
  onChange: (draft: StepDraft) => void
  /** Absent: it cannot be taken away. */
  remove?: { label: string; run: () => void } | undefined
}

const comparisons = ['is', 'contains', 'matches'] as const
const dimensionOf = { page: 'page', target: 'target', event: 'event', property: 'event' } as const

export function StepFields({ site, legend, draft, problem, onChange, remove }: StepFieldsProps) {
  const id = useId()
  const { on, by, value, key, keyValue } = draft
  const known = useFetched<BreakdownAnswer>(apiPath(site, `breakdown/${dimensionOf[on]}`, { limit: '50' }))
  // Of what is clicked people know the text, which comes before its place.
  const names = new Set(known.data?.rows.map((row) => row.value.split('\u0000')[0] ?? ''))
  const change = (changed: Partial<StepDraft>) => onChange({ ...draft, ...changed })
  return (
    <fieldset class="aims-step">
      <legend>{legend}</legend>
      <Field id={`${id}-on`} label={aimTexts.kind} problem={undefined}>
        {(attributes) => (
          <select
            {...attributes}
            value={on}
            onChange={(event) => change({ on: event.currentTarget.value as StepKind })}
          >
            {stepKinds.map((kind) => (
              <option key={kind} value={kind} selected={kind === on}>
                {aimTexts.kinds[kind]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {on !== 'property' && (
        <Field id={`${id}-by`} label={aimTexts.how} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={by}
              onChange={(event) => change({ by: event.currentTarget.value as StepDraft['by'] })}
            >
              {comparisons.map((each) => (
                <option key={each} value={each} selected={each === by}>
                  {aimTexts.hows[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field id={`${id}-value`} label={aimTexts.what[on]} problem={problem}>
        {(attributes) => (
          <input
            {...attributes}
            list={`${id}-known`}
            maxLength={2000}
            autocomplete="off"
            spellcheck={false}
            value={value}
            onInput={({ currentTarget }) => change({ value: currentTarget.value })}
          />
        )}
      </Field>
      <datalist id={`${id}-known`}>
        {[...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {on === 'property' && (
        <>
          <TextField
            id={`${id}-key`}
            label={aimTexts.key}
            problem={undefined}
            value={key}
            onText={(text) => change({ key: text })}
          />
          <TextField
            id={`${id}-key-value`}
            label={aimTexts.keyValue}
            problem={undefined}
            value={keyValue}
            onText={(text) => change({ keyValue: text })}
          />
        </>
      )}
      {remove && (
        <div class="aims-wide">
          <button type="button" class="link-button" onClick={remove.run}>
            {remove.label}
          </button>
        </div>
      )}
    </fieldset>
  )
}
