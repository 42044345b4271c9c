/**
 * Clock arithmetic in a time zone, by Intl alone. A local time is written as the epoch milliseconds that a UTC
 * clock would show it at, so that days, hours and months are ordinary arithmetic; `offset` and `instantOf` cross
 * over. Days are not 24 hours where clocks change, and some zones change them at midnight.
 */
const dayMs = 86_400_000
const hourMs = 3_600_000

const formats = new Map<string, Intl.DateTimeFormat>()
/** IANA has some 600 names, but they are matched without case: a bound for whoever spells them in every way. */
const maxFormats = 1000

/** @throws RangeError when there is no such zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const found = formats.get(timeZone)
  if (found) return found
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (formats.size >= maxFormats) formats.clear()
  formats.set(timeZone, format)
  return format
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name)
    return true
  } catch {
    return false
  }
}

/** The local time at an instant. */
export function localTime(timeZone: string, at: number): number {
  // Intl is slow, and a year has hundreds of days.
  if (timeZone === 'UTC') return at
  const second = Math.floor(at / 1000) * 1000
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(second)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, parts.second ?? 0) + (at - second)
}

/** Local time minus UTC, in milliseconds. */
export function offset(timeZone: string, at: number): number {
  return localTime(timeZone, at) - at
}

/**
 * The instant of a local time. Where clocks are set back it comes twice, and this is the first; where they are set
 * forward it may not come at all, and this is the same stretch after the change: the first instant of a day that
 * has no midnight.
 */
export function instantOf(timeZone: string, local: number): number {
  const before = local - offset(timeZone, local - dayMs)
  const after = local - offset(timeZone, local + dayMs)
  const [first, second] = before < after ? [before, after] : [after, before]
  if (localTime(timeZone, first) === local) return first
  if (localTime(timeZone, second) === local) return second
  return before
}

/** Start of the hour after `at`, counted in elapsed hours, so that the hour which comes twice is two. */
export function nextHour(timeZone: string, at: number): number {
  return at - modulo(localTime(timeZone, at), hourMs) + hourMs
}

/** Start of the local day that holds `at`. */
export function dayStart(timeZone: string, at: number): number {
  return instantOf(timeZone, floorTo(localTime(timeZone, at), dayMs))
}

export function nextDay(timeZone: string, at: number): number {
  return instantOf(timeZone, floorTo(localTime(timeZone, at), dayMs) + dayMs)
}

/** Weeks begin on Monday (ISO 8601). */
export function nextWeek(timeZone: string, at: number): number {
  const day = floorTo(localTime(timeZone, at), dayMs)
  const daysSinceMonday = (new Date(day).getUTCDay() + 6) % 7
  return instantOf(timeZone, day + (7 - daysSinceMonday) * dayMs)
}

export function nextMonth(timeZone: string, at: number): number {
  const local = new Date(localTime(timeZone, at))
  return instantOf(timeZone, Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1))
}

function floorTo(value: number, step: number): number {
  return value - modulo(value, step)
}

function modulo(value: number, step: number): number {
  return ((value % step) + step) % step
}
