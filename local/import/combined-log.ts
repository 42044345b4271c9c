/**
 * Combined Log Format, as Apache and nginx write it (Apache HTTP Server, mod_log_config, "combined"):
 *
 *     83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /about HTTP/1.1" 200 5123 "https://example.org/" "Mozilla/5.0"
 */
export type LogEntry = {
  address: string
  /** Epoch milliseconds. */
  at: number
  method: string
  /** As requested: usually a path with its query. */
  target: string
  status: number
  /** The line without the address: what tells requests of one second apart, and names nobody. */
  fingerprint: string
  referrer: string | undefined
  userAgent: string
}

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const line = new RegExp(`^(\\S+) \\S+ .*?\\[([^\\]]+)\\] (${quoted} (\\d{3}) (?:\\d+|-) ${quoted} ${quoted}).*$`)
const time = /^(\d{2})\/(\w{3})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** @returns undefined when the line is not in this format */
export function parseLogLine(text: string): LogEntry | undefined {
  const match = line.exec(text)
  if (!match) return undefined
  const [, address = '', written = '', rest = '', request = '', status = '', referrer = '', userAgent = ''] = match
  const at = parseTime(written)
  const [method, target] = request.split(' ')
  if (at === undefined || !method || !target) return undefined
  return {
    address,
    at,
    method,
    target,
    status: Number(status),
    fingerprint: `${at} ${rest}`,
    referrer: referrer === '-' || referrer === '' ? undefined : withoutEscapes(referrer),
    userAgent: userAgent === '-' ? '' : withoutEscapes(userAgent),
  }
}

function parseTime(written: string): number | undefined {
  const match = time.exec(written)
  if (!match) return undefined
  const [, day, month = '', year, clock, zoneHours, zoneMinutes] = match
  const monthNumber = String(months.indexOf(month) + 1).padStart(2, '0')
  const at = Date.parse(`${year}-${monthNumber}-${day}T${clock}${zoneHours}:${zoneMinutes}`)
  return Number.isNaN(at) ? undefined : at
}

/** Apache writes quotes and backslashes in headers with a backslash before them. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}
