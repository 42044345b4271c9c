/** The window in which a goal is made and changed. */
import { useId, useState } from 'preact/hooks'
import { type GoalAnswer, maxNamedLength } from '../../../visit-answers.ts'
import { TextField } from '../../field.tsx'
import { Modal } from '../../modal.tsx'
import { apiPath } from '../../state/client.ts'
import { AimForm } from './aim-form.tsx'
import { StepFields } from './step-fields.tsx'
import { emptyDraft, fromDraft, toDraft } from './step-words.ts'
import { aimTexts } from './texts.ts'

type GoalFormProps = { site: string; goal: GoalAnswer | undefined; onDone: () => void; onClose: () => void }
type Problems = { name?: string; step?: string; value?: string; currency?: string }

export function GoalForm({ site, goal, onDone, onClose }: GoalFormProps) {
  const id = useId()
  const [name, setName] = useState(goal?.name ?? '')
  const [draft, setDraft] = useState(goal ? toDraft(goal.step) : emptyDraft)
  const [value, setValue] = useState(goal?.value?.toString() ?? '')
  const [currency, setCurrency] = useState(goal?.currency ?? '')
  const [problems, setProblems] = useState<Problems>({})

  function read(): object | undefined {
    const step = fromDraft(draft)
    // People write 2,50 where it is usual.
    const worth = value.trim() === '' ? null : Number(value.trim().replace(',', '.'))
    const found: Problems = {
      ...(name.trim() === '' && { name: aimTexts.nameNeeded }),
      ...(step === undefined && { step: aimTexts.whatNeeded }),
      ...(worth !== null && !(worth >= 0) && { value: aimTexts.worthWrong }),
      ...(worth !== null && !/^[A-Z]{3}$/.test(currency) && { currency: aimTexts.currencyWrong }),
    }
    setProblems(found)
    return Object.keys(found).length > 0
      ? undefined
      : { name, step, value: worth, currency: worth === null ? null : currency }
  }

  return (
    <Modal title={goal ? aimTexts.editOf(goal.name) : aimTexts.newGoal} onClose={onClose}>
      {() => (
        <AimForm
          path={apiPath(site, goal ? `goals/${goal.id}` : 'goals')}
          isNew={goal === undefined}
          read={read}
          onDone={onDone}
        >
          <TextField
            id={`${id}-name`}
            label={aimTexts.name}
            problem={problems.name}
            value={name}
            maxLength={maxNamedLength}
            onText={setName}
          />
          <StepFields site={site} legend={aimTexts.goal} draft={draft} problem={problems.step} onChange={setDraft} />
          <div class="aims-pair">
            <TextField
              id={`${id}-value`}
              label={aimTexts.worth}
              hint={aimTexts.worthHint}
              problem={problems.value}
              value={value}
              onText={setValue}
            />
            <TextField
              id={`${id}-currency`}
              label={aimTexts.currency}
              problem={problems.currency}
              value={currency}
              maxLength={3}
              onText={(text) => setCurrency(text.toUpperCase())}
            />
          </div>
        </AimForm>
      )}
    </Modal>
  )
}
