/** A series in CSV, line by line: what comes in as `timestamp,value`. */
import { createReadStream } from 'node:fs'

/** A file that cannot be read as a series: the message names the file and the line. */
export class SeriesError extends Error {}

export type SeriesRow = {
  /** As the file has it. */
  timestamp: string
  /** Epoch milliseconds. */
  at: number
  value: number
}

/** A line longer than this is none: nothing is buffered beyond it. */
const mostLineLength = 65_536

/**
 * Reads a series as it comes, in batches of the rows of one read.
 *
 * @param onRead is told how many bytes were read
 * @throws SeriesError when a column is missing or a value is none
 */
export async function* readSeries(path: string, onRead: (bytes: number) => void): AsyncGenerator<SeriesRow[]> {
  const name = path === '-' ? 'standard input' : path
  let columns: { timestamp: number; value: number } | undefined
  let line = 0
  let blankLine = 0
  const parse = (text: string): SeriesRow | undefined => {
    line++
    const fail = (message: string) => new SeriesError(`${name}, line ${line}: ${message}`)
    const fields = text.replace(/\r$/, '').split(',').map(unquote)
    if (!columns) {
      const header = fields.map((field) => field.replace(/^\uFEFF/, '').toLowerCase())
      columns = { timestamp: header.indexOf('timestamp'), value: header.indexOf('value') }
      for (const [column, place] of Object.entries(columns))
        if (place < 0)
          throw fail(`there is no column "${column}"; the first line has ${fields.join(', ') || 'nothing'}`)
      return undefined
    }
    if (fields.length === 1 && fields[0] === '') {
      blankLine = line
      return undefined
    }
    if (blankLine > 0) throw new SeriesError(`${name}, line ${blankLine}: the line is empty`)
    const timestamp = fields[columns.timestamp] ?? ''
    const at = parseTimestamp(timestamp)
    if (at === undefined) throw fail(`"${timestamp}" is no timestamp, such as 2026-03-10 12:00:00`)
    const number = fields[columns.value] ?? ''
    const value = number === '' ? Number.NaN : Number(number)
    if (!Number.isFinite(value)) throw fail(`"${number}" is no number`)
    return { timestamp, at, value }
  }

  let rest = ''
  for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
    onRead((chunk as Buffer).length)
    // Timestamps and numbers are ASCII: a character of another script that is cut in two is no number either way.
    const lines = (rest + (chunk as Buffer).toString('utf8')).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > mostLineLength) throw new SeriesError(`${name}, line ${line + lines.length + 1}: far too long`)
    yield lines.map(parse).filter((row) => row !== undefined)
  }
  if (rest !== '') {
    const last = parse(rest)
    if (last) yield [last]
  }
  if (!columns) throw new SeriesError(`${name} is empty; a first line timestamp,value is needed`)
}

/** @returns epoch milliseconds; undefined when the text is no time. One without a zone is in UTC. */
export function parseTimestamp(text: string): number | undefined {
  if (/^\d{1,11}(\.\d+)?$/.test(text)) return Number(text) * 1000
  if (/^\d{12,14}$/.test(text)) return Number(text)
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?)?\s?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  if (!match) return undefined
  const [, date, time = '00:00', fraction = '0', zone = 'Z'] = match
  const seconds = time.length === 5 ? `${time}:00` : time
  const at = Date.parse(`${date}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`)
  return Number.isNaN(at) ? undefined : at
}

function unquote(field: string): string {
  const text = field.trim()
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
