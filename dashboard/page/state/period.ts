/** The periods that the page offers, as dates in the site's time zone, and the period that each is compared with. */
import type { Interval } from '../../answers.ts'

export const periodNames = ['today', 'yesterday', '7d', '30d', 'month', '12mo', 'all', 'custom'] as const
export type PeriodName = (typeof periodNames)[number]

/** Dates (`2026-11-23`), both included. */
export type DateRange = { from: string; to: string }

export type PeriodChoice = { period: PeriodName; from?: string | undefined; to?: string | undefined }

const dayMs = 86_400_000

/** The date and the time of day (`10:20`) in a zone. */
export function localNow(timeZone: string, now: number): { date: string; time: string } {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` }
}

/** @param firstDay of the site's data, in the site's zone; without any, all time is today */
export function rangeOf(choice: PeriodChoice, today: string, firstDay: string | null): DateRange {
  switch (choice.period) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case '7d':
      return { from: addDays(today, -6), to: today }
    case '30d':
      return { from: addDays(today, -29), to: today }
    case 'month':
      return { from: `${today.slice(0, 7)}-01`, to: today }
    case '12mo':
      return { from: addMonths(`${today.slice(0, 7)}-01`, -11), to: today }
    case 'all':
      return { from: firstDay ?? today, to: today }
    case 'custom':
      return { from: choice.from ?? today, to: choice.to ?? choice.from ?? today }
  }
}

/** The period of equal length before, or nothing when there is none: before all time. */
export function rangeBefore(choice: PeriodChoice, range: DateRange): DateRange | undefined {
  if (choice.period === 'all') return undefined
  if (choice.period === '12mo') return { from: addMonths(range.from, -12), to: addDays(range.from, -1) }
  const days = countDays(range)
  return { from: addDays(range.from, -days), to: addDays(range.from, -1) }
}

/** Intervals that make a readable chart of so many days, the best one first. */
export function intervalsFor(range: DateRange): Interval[] {
  const days = countDays(range)
  if (days <= 2) return ['hour']
  if (days <= 4) return ['hour', 'day']
  if (days <= 14) return ['day', 'hour']
  if (days <= 100) return ['day', 'week']
  if (days <= 200) return ['week', 'day', 'month']
  return days <= 800 ? ['month', 'week', 'day'] : ['month', 'week']
}

export function countDays({ from, to }: DateRange): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1
}

export function isDate(text: string | null | undefined): text is string {
  return text != null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)
}

/** @param date the first of a month */
function addMonths(date: string, months: number): string {
  const first = new Date(date)
  first.setUTCMonth(first.getUTCMonth() + months)
  return first.toISOString().slice(0, 10)
}
