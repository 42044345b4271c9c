/** Numbers, durations and times as the reader's locale writes them. */
import type { Interval } from '../answers.ts'

const full = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const oneDecimal = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 })
const finePercent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

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

export function formatDuration(seconds: number): string {
  const total = Math.round(seconds)
  const pad = (value: number) => String(value).padStart(2, '0')
  if (total < 60) return `${total}s`
  if (total < 3600) return `${Math.floor(total / 60)}m ${pad(total % 60)}s`
  return `${Math.floor(total / 3600)}h ${pad(Math.floor((total % 3600) / 60))}m`
}

/** A round minute is `2m`, not `2m 00s`. */
export const formatDurationTick = (seconds: number): string => formatDuration(seconds).replace(/ 00[sm]$/, '')

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
    const format = new Intl.DateTimeFormat(undefined, { ...style, timeZone })
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
  return new Intl.DateTimeFormat(undefined, { ...style, timeZone: 'UTC' }).format(new Date(date))
}

export function formatDateRange(from: string, to: string): string {
  const style: Style = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }
  return new Intl.DateTimeFormat(undefined, style).formatRange(new Date(from), new Date(to))
}

const regions = new Intl.DisplayNames(undefined, { type: 'region', fallback: 'code' })

export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code
}
