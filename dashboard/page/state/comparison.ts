/** What figures are compared with: those of another period, or others of the same. */
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

export const comparisonNames = ['previous', 'year', 'none', 'everyone', 'segment', 'custom'] as const
export type ComparisonName = (typeof comparisonNames)[number]

type ComparedDays = { compare: ComparisonName; compareFrom: string | undefined; compareTo: string | undefined }

/** `compareFrom` and `compareTo` are there for `custom` alone, the id of a segment for `segment` alone. */
export type ComparisonChoice = ComparedDays & { compareSegment: string | undefined }

/** What nothing of another kind is chosen with. */
export const noOther = { compareFrom: undefined, compareTo: undefined, compareSegment: undefined } as const

/** Whether it is of the same days. */
export function isOfSameDays({ compare }: { compare: ComparisonName }): boolean {
  return compare === 'everyone' || compare === 'segment'
}

/** By what it is asked instead of what figures are asked by. */
export function comparedBy<T extends { segment: string | undefined; filter: readonly string[] }>(
  { compare, compareSegment }: ComparisonChoice,
  asked: T,
): T {
  if (compare === 'everyone') return { ...asked, segment: undefined, filter: [] }
  return compare === 'segment' ? { ...asked, segment: compareSegment } : asked
}

/** Nothing when there is nothing to compare with: before all time. */
export function comparedRange(
  period: PeriodChoice,
  range: DateRange,
  { compare, compareFrom, compareTo }: ComparedDays,
): DateRange | undefined {
  switch (compare) {
    case 'none':
      return undefined
    case 'everyone':
    case 'segment':
      return range
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
  const segment = query.get('compareSegment')
  if (named === 'segment' && segment) return { ...noOther, compare: named, compareSegment: segment }
  if (named !== 'custom') return { ...noOther, compare: named === 'segment' ? 'previous' : named }
  if (!isMoment(from) || !isMoment(to) || !isRange({ from, to })) return { ...noOther, compare: 'previous' }
  return { ...noOther, compare: 'custom', compareFrom: from, compareTo: to }
}

/** What an address has to say of it: nothing of the period before. */
export function writeComparison(query: URLSearchParams, choice: ComparisonChoice): void {
  const { compare, compareFrom, compareTo, compareSegment } = choice
  if (compare !== 'previous') query.set('compare', compare)
  if (compare === 'segment' && compareSegment) query.set('compareSegment', compareSegment)
  if (compare !== 'custom' || !compareFrom || !compareTo) return
  query.set('compareFrom', compareFrom)
  query.set('compareTo', compareTo)
}
