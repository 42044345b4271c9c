/** Of which goal each row of the lists tells the conversion rate. A site without goals has nothing to choose. */
import { useEffect } from 'preact/hooks'
import type { GoalsAnswer } from '../../visit-answers.ts'
import { stylesOnce } from '../explore/styles-once.ts'
import { apiPath } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from './texts.ts'

const addStyles = stylesOnce(`
.goal-picker { display: flex; align-items: center; gap: 8px; min-width: 0; margin-inline-start: auto; color: var(--text-soft); font-size: 13px; }
.goal-picker select {
  font: inherit; color: var(--text); min-height: 36px; min-width: 0; max-width: 220px; padding: 0 8px; background: var(--surface);
  border: 1px solid var(--line-strong); border-radius: 7px;
}
.list-head > :last-child { display: flex; gap: 12px; }
.bar-rate { min-width: 48px; text-align: end; }
`)

type GoalPickerProps = {
  site: string
  /** Of the address: by its id. */
  goal: string | undefined
  navigate: Navigate
}

export function GoalPicker({ site, goal, navigate }: GoalPickerProps) {
  const { data } = useFetched<GoalsAnswer>(apiPath(site, 'goals'))
  const isGone = data !== undefined && goal !== undefined && !data.goals.some(({ id }) => id === goal)
  useEffect(addStyles, [])
  useEffect(() => {
    if (isGone) navigate.fix({ goal: undefined })
  }, [isGone])
  if (!data || data.goals.length === 0) return null
  return (
    <label class="goal-picker">
      {texts.label}
      <select value={goal ?? ''} onChange={(event) => navigate.to({ goal: event.currentTarget.value || undefined })}>
        <option value="" selected={goal === undefined}>
          {texts.none}
        </option>
        {data.goals.map(({ id, name }) => (
          <option key={id} value={id} selected={id === goal}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
