import type { Interval } from '../answers.ts'
import { texts } from './texts.ts'

type IntervalSelectProps = { offered: readonly Interval[]; current: Interval; onChoose: (interval: Interval) => void }

/** How finely the chart is divided, where there is a choice. */
export function IntervalSelect({ offered, current, onChoose }: IntervalSelectProps) {
  if (offered.length < 2) return null
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{texts.interval}</legend>
      {[...offered].reverse().map((interval) => (
        <label key={interval} class="segment">
          <input type="radio" name="interval" checked={interval === current} onChange={() => onChoose(interval)} />
          <span>{texts.intervals[interval]}</span>
        </label>
      ))}
    </fieldset>
  )
}
