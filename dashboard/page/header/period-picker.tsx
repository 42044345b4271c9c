import { formatDateRange } from '../format.ts'
import { CalendarIcon, ChevronIcon } from '../icons.tsx'
import { periodKey } from '../shortcuts/keys.ts'
import { type DateRange, type PeriodName, periodNames } from '../state/period.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { DateRangeForm } from './date-range-form.tsx'
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
    <Disclosure label={`${texts.header.period}: ${label}`} face={face} shortcut={periodKey} class="period-picker">
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
          <DateRangeForm
            range={range}
            today={today}
            button={texts.customRange.apply}
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
