/** What the figures are compared with. */
import type { SegmentAnswer } from '../segment-answers.ts'
import { texts as chartTexts } from './chart/texts.ts'
import { formatDateRange } from './format.ts'
import { DateRangeForm } from './header/date-range-form.tsx'
import { Disclosure } from './header/disclosure.tsx'
import { OptionLink } from './header/option-link.tsx'
import { ChevronIcon } from './icons.tsx'
import { compareKey } from './shortcuts/keys.ts'
import { isOfSameDays, noOther } from './state/comparison.ts'
import type { DateRange } from './state/period.ts'
import type { Navigate, View } from './state/view.ts'

type ComparePickerProps = {
  view: View
  before: DateRange | undefined
  /** What it is compared with, where that is no period. */
  name: string | undefined
  segments: readonly SegmentAnswer[]
  today: string
  navigate: Navigate
}

export function ComparePicker({ view, before, name: other, segments, today, navigate }: ComparePickerProps) {
  const words = chartTexts.comparisons
  const named =
    other ?? (view.compare === 'custom' && before ? formatDateRange(before.from, before.to) : words[view.compare])
  const isFiltered = view.filters.length > 0 || view.segment !== undefined
  const options = [
    ...(['previous', 'year', 'none'] as const).map((name) => ({ ...noOther, compare: name, text: words[name] })),
    ...(isFiltered ? [{ ...noOther, compare: 'everyone' as const, text: words.everyone }] : []),
    ...segments
      .filter(({ id }) => id !== view.segment)
      .map(({ id, name }) => ({ ...noOther, compare: 'segment' as const, compareSegment: id, text: name })),
  ]
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
            {options.map(({ text, ...chosen }) => (
              <li key={chosen.compareSegment ?? chosen.compare}>
                <OptionLink
                  href={navigate.href(chosen)}
                  current={chosen.compare === view.compare && chosen.compareSegment === view.compareSegment}
                  text={text}
                  onChoose={() => {
                    close()
                    navigate.to(chosen)
                  }}
                />
              </li>
            ))}
          </ul>
          <DateRangeForm
            range={isOfSameDays(view) ? undefined : before}
            today={today}
            button={chartTexts.compare}
            onApply={({ from, to }) => {
              close()
              navigate.to({ ...noOther, compare: 'custom', compareFrom: from, compareTo: to })
            }}
          />
        </>
      )}
    </Disclosure>
  )
}
