/** The window in which a funnel is made and changed. */
import { useId, useState } from 'preact/hooks'
import { type FunnelAnswer, maxNamedLength } from '../../../visit-answers.ts'
import { Field, TextField } from '../../field.tsx'
import { formatExact } from '../../format.ts'
import { Modal } from '../../modal.tsx'
import { apiPath } from '../../state/client.ts'
import { AimForm } from './aim-form.tsx'
import { StepFields } from './step-fields.tsx'
import { emptyDraft, fromDraft, toDraft } from './step-words.ts'
import { aimTexts } from './texts.ts'

type FunnelFormProps = {
  site: string
  funnel: FunnelAnswer | undefined
  onDone: (id: string | undefined) => void
  onClose: () => void
}

const leastSteps = 2
const mostSteps = 8
const spans = ['visit', 1, 7, 30] as const

export function FunnelForm({ site, funnel, onDone, onClose }: FunnelFormProps) {
  const id = useId()
  const [name, setName] = useState(funnel?.name ?? '')
  const [drafts, setDrafts] = useState(funnel?.steps.map(toDraft) ?? [emptyDraft, emptyDraft])
  const [within, setWithin] = useState<'visit' | number>(funnel?.within ?? 'visit')
  const [isChecked, setIsChecked] = useState(false)
  const isNameMissing = isChecked && name.trim() === ''

  function read(): object | undefined {
    setIsChecked(true)
    const steps = drafts.flatMap((draft) => fromDraft(draft) ?? [])
    return name.trim() === '' || steps.length < drafts.length ? undefined : { name, steps, within }
  }

  return (
    <Modal title={funnel ? aimTexts.editOf(funnel.name) : aimTexts.newFunnel} onClose={onClose}>
      {() => (
        <AimForm
          path={apiPath(site, funnel ? `funnels/${funnel.id}` : 'funnels')}
          isNew={funnel === undefined}
          read={read}
          onDone={onDone}
        >
          <TextField
            id={`${id}-name`}
            label={aimTexts.name}
            problem={isNameMissing ? aimTexts.nameNeeded : undefined}
            value={name}
            maxLength={maxNamedLength}
            onText={setName}
          />
          {drafts.map((draft, i) => {
            const number = formatExact(i + 1)
            const remove = { label: aimTexts.removeStep(number), run: () => setDrafts(drafts.toSpliced(i, 1)) }
            return (
              <StepFields
                key={i}
                site={site}
                legend={aimTexts.stepNumber(number)}
                draft={draft}
                problem={isChecked && fromDraft(draft) === undefined ? aimTexts.whatNeeded : undefined}
                onChange={(changed) => setDrafts(drafts.with(i, changed))}
                remove={drafts.length > leastSteps ? remove : undefined}
              />
            )
          })}
          {drafts.length < mostSteps && (
            <div>
              <button type="button" class="button" onClick={() => setDrafts([...drafts, emptyDraft])}>
                {aimTexts.addStep}
              </button>
            </div>
          )}
          <Field id={`${id}-within`} label={aimTexts.within} hint={aimTexts.withinHint} problem={undefined}>
            {(attributes) => (
              <select
                {...attributes}
                value={String(within)}
                onChange={({ currentTarget: { value } }) => setWithin(value === 'visit' ? value : Number(value))}
              >
                {spans.map((span) => (
                  <option key={span} value={String(span)} selected={span === within}>
                    {span === 'visit' ? aimTexts.oneVisit : aimTexts.days(formatExact(span))}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </AimForm>
      )}
    </Modal>
  )
}
