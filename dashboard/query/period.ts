/**
 * The period that a query asks for: `from`, `to`, `interval` and `tz` as they stand in an address, or why they
 * cannot be understood. A period is half open: from `from` up to, and without, `to`.
 */
import { granularityMs, minuteRetentionMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Interval } from '../answers.ts'
import { bucketStarts, typicalMs } from './buckets.ts'
import { dayStart, instantOf, isTimeZone, nextDay } from './time-zone.ts'

export type PeriodQuery = { from?: string; to?: string; interval?: Interval; tz?: string }

export type Period = {
  from: number
  to: number
  interval: Interval
  timeZone: string
  /** Start of each bucket in the period; the first begins where the period does, even within a week or month. */
  starts: number[]
  /** A bound given as a time of day, which may cut an hour (query/plan.ts). */
  cut: { from: boolean; to: boolean }
}

export type PeriodResult = { ok: true; period: Period } | { ok: false; message: string }

/** Points that one chart can hold and one answer may carry: the minutes of two days, and then some. */
const maxPoints = 3000

/**
 * @param query dates (`2026-11-23`, a whole day in the zone: as `to` it is included) or date-times
 *   (`2026-11-23T10:00Z`; without an offset, in the zone); neither: today
 * @param site.timeZone the zone when the query names none
 */
export function parsePeriod(query: PeriodQuery, site: { timeZone: string }, now: number): PeriodResult {
  const timeZone = query.tz ?? site.timeZone
  if (!isTimeZone(timeZone)) return problem('tz must be a time zone of the IANA database, such as Europe/Berlin')
  if (query.from === undefined && query.to !== undefined) return problem('to needs from')

  const first = query.from === undefined ? wholeDay(timeZone, now) : parseBound(query.from, timeZone)
  if (!first) return problem(`from ${boundForm}`)
  const last = query.to === undefined ? wholeDay(timeZone, now) : parseBound(query.to, timeZone)
  if (!last) return problem(`to ${boundForm}`)
  const from = first.start
  const to = last.end
  if (from >= to) return problem('from must be before to')

  const interval = query.interval ?? chooseInterval(from, to, now)
  if (interval === 'minute' && from < oldestMinute(now))
    return problem('interval=minute goes back 48 hours; choose hour or a longer interval')
  if ((to - from) / typicalMs[interval] > maxPoints)
    return problem(`a period may have ${maxPoints} intervals; choose a longer interval`)

  const starts = bucketStarts(from, to, interval, timeZone)
  const cut = { from: first.timeOfDay, to: last.timeOfDay }
  return { ok: true, period: { from, to, interval, timeZone, starts, cut } }
}

/** Before this minute cells may be gone: they are kept for so long after their events. */
export function oldestMinute(now: number): number {
  return Math.ceil((now - minuteRetentionMs) / granularityMs.minute) * granularityMs.minute
}

/** As fine as still makes a readable chart, and hours for the two days around a day that has 25 of them. */
function chooseInterval(from: number, to: number, now: number): Interval {
  const hours = (to - from) / granularityMs.hour
  if (hours <= 3 && from >= oldestMinute(now)) return 'minute'
  if (hours <= 49) return 'hour'
  const days = hours / 24
  if (days <= 100) return 'day'
  return days <= 200 ? 'week' : 'month'
}

/** What a date or a date and time stands for: from `start`, of a day to its end. */
export type Bound = { start: number; end: number; timeOfDay: boolean }

export const boundForm = 'must be a date (2026-11-23) or a date and time (2026-11-23T10:00Z)'
const boundPattern = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:?\d\d)?)?$/

function wholeDay(timeZone: string, at: number): Bound {
  return { start: dayStart(timeZone, at), end: nextDay(timeZone, at), timeOfDay: false }
}

/** @param text as in a query; in the zone, unless it has an offset. Undefined: it is neither, or no day of the calendar */
export function parseBound(text: string, timeZone: string): Bound | undefined {
  // In an address `+` means a space: an offset that was not escaped is still an offset.
  const match = boundPattern.exec(text.replace(/ (?=\d\d:?\d\d$)/, '+'))
  if (!match) return undefined
  const [, year, month, day, hour, minute, second = '0', fraction = '', zone] = match
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // Date.UTC takes 31 February for 3 March.
  if (new Date(date).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined
  if (hour === undefined) {
    const start = instantOf(timeZone, date)
    return { start, end: nextDay(timeZone, start), timeOfDay: false }
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const ms = Number(fraction.padEnd(3, '0'))
  const local = date + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + ms
  const at = zone === undefined ? instantOf(timeZone, local) : local - zoneOffset(zone)
  return { start: at, end: at, timeOfDay: true }
}

/** `Z`, `+02:00` or `-0330` in milliseconds. */
function zoneOffset(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

function problem(message: string): PeriodResult {
  return { ok: false, message }
}
