/** Numbers, durations and times as the reader's locale writes them. */
import type { Interval } from '../answers.ts'
import { locale } from './language.ts'
import { texts } from './texts.ts'

const full = new Intl.NumberFormat(locale)
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const oneDecimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
const finePercent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
const exactPercent = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const twoDecimals = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const unit = { style: 'unit', unitDisplay: 'short' } as const
const milliseconds = new Intl.NumberFormat(locale, { ...unit, unit: 'millisecond' })
const seconds = new Intl.NumberFormat(locale, { ...unit, unit: 'second', maximumFractionDigits: 1 })

/** Up to here every digit is shown. */
const maxFull = 9999

export const formatExact = (value: number): string => full.format(value)
export const formatCount = (value: number): string => (value > maxFull ? compact : full).format(value)
/** All labels of an axis are written alike: 5k below 10k, not 5,000. */
export const formatCountTick = (value: number, top: number): string => (top > maxFull ? compact : full).format(value)
export const formatDecimal = (value: number): string => oneDecimal.format(value)
/** With a decimal where it matters: below ten percent. */
export const formatPercent = (value: number): string =>
  (value > 0 && value < 0.0995 ? finePercent : percent).format(value)
/** To tell small changes of a rate. */
export const formatExactPercent = (value: number): string => exactPercent.format(value)

const { seconds: inSeconds, minutes: inMinutes, hours: inHours } = texts.units
const twoDigits = (value: number) => String(value).padStart(2, '0')

export function formatDuration(seconds: number): string {
  const total = Math.round(seconds)
  if (total < 60) return inSeconds(String(total))
  const minutes = Math.floor(total / 60)
  if (minutes < 60) return `${inMinutes(String(minutes))} ${inSeconds(twoDigits(total % 60))}`
  return `${inHours(String(Math.floor(minutes / 60)))} ${inMinutes(twoDigits(minutes % 60))}`
}

/** Tenths below ten seconds: `0.4s`, `12s`, `3m 05s`. */
export function formatFineDuration(seconds: number): string {
  if (seconds < 0.05) return inSeconds('0')
  return seconds < 9.95 ? inSeconds(formatDecimal(seconds)) : formatDuration(seconds)
}

/** A round minute is `2m`, not `2m 00s`. */
export function formatDurationTick(seconds: number): string {
  const total = Math.round(seconds)
  if (total >= 3600 && total % 3600 === 0) return inHours(String(total / 3600))
  if (total >= 60 && total < 3600 && total % 60 === 0) return inMinutes(String(total / 60))
  return formatDuration(total)
}

type Style = Intl.DateTimeFormatOptions
const tickStyles: Record<Interval, Style> = {
  minute: { hour: 'numeric', minute: '2-digit' },
  hour: { hour: 'numeric', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short' },
  month: { month: 'short', year: '2-digit' },
}
const pointStyles: Record<Interval, Style> = {
  minute: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
  hour: { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
  day: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  week: { day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
}

export type TimeFormats = {
  /** Under the axis. */
  tick(at: number): string
  /** At the axis where a day begins among hours. */
  day(at: number): string
  /** In full, for tooltip and table. */
  point(at: number): string
  time(at: number): string
  /** Hour of the local clock, 0 to 23. */
  hour(at: number): number
}

export function timeFormats(interval: Interval, timeZone: string): TimeFormats {
  const make = (style: Style) => {
    const format = new Intl.DateTimeFormat(locale, { ...style, timeZone })
    return (at: number) => format.format(at)
  }
  const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone })
  return {
    tick: make(tickStyles[interval]),
    day: make(tickStyles.day),
    point: make(pointStyles[interval]),
    time: make(pointStyles.minute),
    hour: (at) => Number(hour.format(at)),
  }
}

/** `2026-11-23` as the reader writes dates. */
export function formatDate(date: string, style: Style = { day: 'numeric', month: 'short', year: 'numeric' }): string {
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(new Date(date))
}

/** Of dates, or of times of day (`2026-11-23T10:00`) as they stand: clocks of another zone have no say. */
export function formatDateRange(from: string, to: string): string {
  const hasTime = from.includes('T')
  const time: Style = hasTime ? { hour: 'numeric', minute: '2-digit' } : {}
  const style: Style = { day: 'numeric', month: 'short', year: 'numeric', ...time, timeZone: 'UTC' }
  const read = (moment: string) => new Date(hasTime ? `${moment}Z` : moment)
  return new Intl.DateTimeFormat(locale, style).formatRange(read(from), read(to))
}

const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' })

const languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' })

/** @param code as browsers send it: `de`, `pt-BR` */
export function languageName(code: string): string {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(code) ? (languages.of(code) ?? code) : code
}

/** Milliseconds as seconds where there are many; layout shift has no unit. */
export function formatVital(name: string, value: number): string {
  if (name === 'CLS') return twoDecimals.format(value)
  return value < 1000 ? milliseconds.format(Math.round(value)) : seconds.format(value / 1000)
}

export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code
}
