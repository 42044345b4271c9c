/** Two days, and all between them. */
import { useState } from 'preact/hooks'
import { type DateRange, dateOf, isDate } from '../state/period.ts'
import { texts } from '../texts.ts'

type DateRangeFormProps = {
  /** What it begins with. */
  range: DateRange | undefined
  today: string
  button: string
  onApply: (range: DateRange) => void
}

export function DateRangeForm({ range, today, button, onApply }: DateRangeFormProps) {
  const [from, setFrom] = useState(range ? dateOf(range.from) : '')
  const [to, setTo] = useState(range ? dateOf(range.to) : '')
  const valid = isDate(from) && isDate(to) && from <= to
  return (
    <form
      class="custom-range"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) onApply({ from, to })
      }}
    >
      <label>
        {texts.customRange.from}
        <input type="date" value={from} max={today} required onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        {texts.customRange.to}
        <input
          type="date"
          value={to}
          min={from}
          max={today}
          required
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button button-primary" disabled={!valid}>
        {button}
      </button>
    </form>
  )
}
