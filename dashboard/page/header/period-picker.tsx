import { useState } from 'preact/hooks'
import { formatDateRange } from '../format.ts'
import { CalendarIcon, ChevronIcon } from '../icons.tsx'
import { type DateRange, isDate, type PeriodName, periodNames } from '../state/period.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { Disclosure } from './disclosure.tsx'
import { OptionLink } from './option-link.tsx'

type PeriodPickerProps = { view: View; range: DateRange; today: string; navigate: Navigate }

export function PeriodPicker({ view, range, today, navigate }: PeriodPickerProps) {
  const label = view.period === 'custom' ? formatDateRange(range.from, range.to) : texts.periods[view.period]
  const face = (
    <>
      <CalendarIcon />
      <span>{label}</span>
      <ChevronIcon />
    </>
  )
  const choose = (period: PeriodName) => ({ period, from: undefined, to: undefined, interval: undefined })
  return (
    <Disclosure label={`${texts.header.period}: ${label}`} face={face} class="period-picker">
      {(close) => (
        <>
          <ul class="options">
            {periodNames
              .filter((period) => period !== 'custom')
              .map((period) => (
                <li key={period}>
                  <OptionLink
                    href={navigate.href(choose(period))}
                    current={period === view.period}
                    text={texts.periods[period]}
                    onChoose={() => {
                      close()
                      navigate.to(choose(period))
                    }}
                  />
                </li>
              ))}
          </ul>
          <CustomRange
            range={range}
            today={today}
            onApply={({ from, to }) => {
              close()
              navigate.to({ period: 'custom', from, to, interval: undefined })
            }}
          />
        </>
      )}
    </Disclosure>
  )
}

function CustomRange({
  range,
  today,
  onApply,
}: {
  range: DateRange
  today: string
  onApply: (range: DateRange) => void
}) {
  const [from, setFrom] = useState(range.from)
  const [to, setTo] = useState(range.to)
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
        {texts.customRange.apply}
      </button>
    </form>
  )
}
