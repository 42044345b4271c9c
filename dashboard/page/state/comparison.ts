/** The period that another is compared with. */
import {
  addDays,
  addMonths,
  countDays,
  type DateRange,
  dateOf,
  isMoment,
  isRange,
  type PeriodChoice,
} from './period.ts'

export const comparisonNames = ['previous', 'year', 'none', 'custom'] as const
export type ComparisonName = (typeof comparisonNames)[number]

/** `compareFrom` and `compareTo` are there for `custom` alone. */
export type ComparisonChoice = {
  compare: ComparisonName
  compareFrom: string | undefined
  compareTo: string | undefined
}

/** Nothing when there is nothing to compare with: before all time. */
export function comparedRange(
  period: PeriodChoice,
  range: DateRange,
  { compare, compareFrom, compareTo }: ComparisonChoice,
): DateRange | undefined {
  switch (compare) {
    case 'none':
      return undefined
    case 'custom':
      return compareFrom && compareTo ? { from: compareFrom, to: compareTo } : undefined
    case 'year':
      return period.period === 'all' ? undefined : { from: addMonths(range.from, -12), to: addMonths(range.to, -12) }
    case 'previous':
      return period.period === 'all' ? undefined : rangeBefore(period, range)
  }
}

/** The period of equal length before; of a part of a day, the same part of the day before. */
function rangeBefore(choice: PeriodChoice, range: DateRange): DateRange {
  if (choice.period === '12mo') return { from: addMonths(range.from, -12), to: addDays(range.from, -1) }
  const days = countDays(range)
  return { from: addDays(range.from, -days), to: addDays(range.to, -days) }
}

/** How many days lie between a period and the one it is compared with. */
export function daysBetween(range: DateRange, before: DateRange): number {
  return countDays({ from: dateOf(before.from), to: dateOf(range.from) }) - 1
}

export function parseComparison(query: URLSearchParams): ComparisonChoice {
  const named = comparisonNames.find((name) => name === query.get('compare')) ?? 'previous'
  const [from, to] = [query.get('compareFrom'), query.get('compareTo')]
  if (named !== 'custom') return { compare: named, compareFrom: undefined, compareTo: undefined }
  if (!isMoment(from) || !isMoment(to) || !isRange({ from, to }))
    return { compare: 'previous', compareFrom: undefined, compareTo: undefined }
  return { compare: 'custom', compareFrom: from, compareTo: to }
}

/** What an address has to say of it: nothing of the period before. */
export function writeComparison(query: URLSearchParams, { compare, compareFrom, compareTo }: ComparisonChoice): void {
  if (compare !== 'previous') query.set('compare', compare)
  if (compare !== 'custom' || !compareFrom || !compareTo) return
  query.set('compareFrom', compareFrom)
  query.set('compareTo', compareTo)
}
