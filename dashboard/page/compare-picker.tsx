/** What the figures are compared with. */
import { texts as chartTexts } from './chart/texts.ts'
import { formatDateRange } from './format.ts'
import { DateRangeForm } from './header/date-range-form.tsx'
import { Disclosure } from './header/disclosure.tsx'
import { OptionLink } from './header/option-link.tsx'
import { ChevronIcon } from './icons.tsx'
import { compareKey } from './shortcuts/keys.ts'
import { comparisonNames } from './state/comparison.ts'
import type { DateRange } from './state/period.ts'
import type { Navigate, View } from './state/view.ts'

type ComparePickerProps = { view: View; before: DateRange | undefined; today: string; navigate: Navigate }

export function ComparePicker({ view, before, today, navigate }: ComparePickerProps) {
  const words = chartTexts.comparisons
  const named = view.compare === 'custom' && before ? formatDateRange(before.from, before.to) : words[view.compare]
  const choose = (compare: View['compare']) => ({ compare, compareFrom: undefined, compareTo: undefined })
  const face = (
    <>
      <span class={before ? 'legend' : undefined}>{named}</span>
      <ChevronIcon />
    </>
  )
  return (
    <Disclosure
      label={chartTexts.comparedWith(named)}
      face={face}
      align="start"
      shortcut={compareKey}
      class="compare-picker"
    >
      {(close) => (
        <>
          <ul class="options">
            {comparisonNames
              .filter((name) => name !== 'custom')
              .map((name) => (
                <li key={name}>
                  <OptionLink
                    href={navigate.href(choose(name))}
                    current={name === view.compare}
                    text={words[name]}
                    onChoose={() => {
                      close()
                      navigate.to(choose(name))
                    }}
                  />
                </li>
              ))}
          </ul>
          <DateRangeForm
            range={before}
            today={today}
            button={chartTexts.compare}
            onApply={({ from, to }) => {
              close()
              navigate.to({ compare: 'custom', compareFrom: from, compareTo: to })
            }}
          />
        </>
      )}
    </Disclosure>
  )
}
