/** The periods that the page offers, as dates in the site's time zone, and the period that each is compared with. */
import type { Interval } from '../../answers.ts'

export const periodNames = ['today', 'yesterday', '7d', '30d', 'month', '12mo', 'all', 'custom'] as const
export type PeriodName = (typeof periodNames)[number]

/**
 * Dates (`2026-11-23`), both included; or times of day there (`2026-11-23T10:00`), of which the second is not included.
 * The API reads both the same way.
 */
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

/** Minutes are kept for 48 hours, and some of them are over before a question arrives. */
export const minutesKeptMs = 47 * 3_600_000
/** Of a longer stretch minutes make a fence, not a chart. */
const maxMinutesMs = 6 * 3_600_000

/**
 * Intervals that make a readable chart of the period, the best one first.
 *
 * @param now date and time of day there
 */
export function intervalsFor(range: DateRange, now: string): Interval[] {
  const days = countDays(range)
  const minutes = Date.parse(`${now}Z`) - startOf(range) <= minutesKeptMs
  if (lengthOf(range) <= maxMinutesMs) return minutes ? ['minute', 'hour'] : ['hour']
  if (days === 1) return minutes ? ['hour', 'minute'] : ['hour']
  if (days === 2) return ['hour']
  if (days <= 4) return ['hour', 'day']
  if (days <= 14) return ['day', 'hour']
  if (days <= 100) return ['day', 'week']
  if (days <= 200) return ['week', 'day', 'month']
  return days <= 800 ? ['month', 'week', 'day'] : ['month', 'week']
}

/** Days that the period touches. */
export function countDays({ from, to }: DateRange): number {
  return Math.round((Date.parse(lastDay(to)) - Date.parse(dateOf(from))) / dayMs) + 1
}

/** The last day that a period touches which ends so. */
export function lastDay(to: string): string {
  return to.endsWith('T00:00') ? addDays(dateOf(to), -1) : dateOf(to)
}

/** On a clock that is never set, which is enough to tell how long a chart is. */
function lengthOf(range: DateRange): number {
  return (hasTime(range.to) ? Date.parse(`${range.to}Z`) : Date.parse(range.to) + dayMs) - startOf(range)
}

function startOf({ from }: DateRange): number {
  return Date.parse(hasTime(from) ? `${from}Z` : from)
}

export function dateOf(moment: string): string {
  return moment.slice(0, 'YYYY-MM-DD'.length)
}

export function hasTime(moment: string): boolean {
  return moment.length > 'YYYY-MM-DD'.length
}

export function isDate(text: string | null | undefined): text is string {
  return text != null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

/** A date, or a date and a time of day. */
export function isMoment(text: string | null | undefined): text is string {
  return isDate(text) || (/^.{10}T\d\d:\d\d$/.test(text ?? '') && !Number.isNaN(Date.parse(`${text}Z`)))
}

/** Whether a period given by two moments is one. */
export function isRange({ from, to }: DateRange): boolean {
  return hasTime(from) === hasTime(to) && (hasTime(from) ? from < to : from <= to)
}

/** The same time of day, days later. */
export function addDays(moment: string, days: number): string {
  const date = new Date(Date.parse(dateOf(moment)) + days * dayMs).toISOString().slice(0, 10)
  return date + moment.slice(date.length)
}

/** The same day of another month, or the last day of it where it is too short. */
export function addMonths(moment: string, months: number): string {
  const date = new Date(dateOf(moment))
  const day = date.getUTCDate()
  date.setUTCMonth(date.getUTCMonth() + months)
  if (date.getUTCDate() !== day) date.setUTCDate(0)
  return date.toISOString().slice(0, 10) + moment.slice('YYYY-MM-DD'.length)
}
