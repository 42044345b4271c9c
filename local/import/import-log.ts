/**
 * Brings a log in, line by line, in chunks that the endpoint acknowledges one after the other. The endpoint remembers
 * how far it has come, so that a second run goes on, or finds that all is done.
 */
import { createHash } from 'node:crypto'
import type { ImportClient } from './client.ts'
import { parseLogLine } from './combined-log.ts'
import { readLog } from './log-file.ts'
import { type ImportEvent, Occurrences, type Skipped, toEvent, whyNoPageView } from './page-views.ts'

export type ImportReport = {
  lines: number
  pageviews: number
  rejected: Map<string, number>
  skipped: Record<Skipped, number>
  unreadable: number
  /** The first few lines that are not in the format, by number. */
  unreadableLines: number[]
  /** Earliest and latest page view, epoch milliseconds. */
  from: number
  to: number
  interrupted: boolean
}

/** A chunk stays well below what a request may have (512 KiB, 500 events), and progress is noted now and then. */
const chunkEvents = 500
const chunkBytes = 300 * 1024
const chunkLines = 50_000

export type ImportOptions = {
  file: string
  site: string
  source: string
  origin: string
  /** Lines that an earlier run brought in: read again, for the counting of equal lines, and not sent. */
  earlierLines: number
  client: ImportClient
  onProgress: (bytesRead: number, report: ImportReport) => void
  signal: AbortSignal
}

export async function importLog(options: ImportOptions): Promise<ImportReport> {
  const { file, site, source, origin, earlierLines, client, onProgress, signal } = options
  const report: ImportReport = {
    lines: 0,
    pageviews: 0,
    rejected: new Map(),
    skipped: { file: 0, feed: 0, status: 0, method: 0 },
    unreadable: 0,
    unreadableLines: [],
    from: Number.POSITIVE_INFINITY,
    to: Number.NEGATIVE_INFINITY,
    interrupted: false,
  }
  const prefix = createHash('sha256')
  const occurrences = new Occurrences()
  let events: ImportEvent[] = []
  let bytes = 0
  let sentLine = earlierLines

  const send = async (done: boolean) => {
    const chunk = { line: report.lines, prefix: prefix.copy().digest('hex'), done, events }
    const answer = await client.send(site, source, chunk)
    report.pageviews += answer.accepted
    for (const { code } of answer.rejected) report.rejected.set(code, (report.rejected.get(code) ?? 0) + 1)
    events = []
    bytes = 0
    sentLine = report.lines
  }

  const log = readLog(file)
  for await (const line of log.lines) {
    if (signal.aborted) {
      report.interrupted = true
      break
    }
    report.lines++
    prefix.update(line).update('\n')
    const event = read(line, report, occurrences, origin)
    if (report.lines > earlierLines) {
      if (event) {
        events.push(event)
        bytes += JSON.stringify(event).length
      }
      if (events.length >= chunkEvents || bytes >= chunkBytes || report.lines - sentLine >= chunkLines)
        await send(false)
    }
    onProgress(log.bytesRead(), report)
  }
  if (!report.interrupted) await send(true)
  return report
}

/** Whether the first lines of the file are those that were brought in before: then the rest of it can follow. */
export async function beginsWith(file: string, lines: number, prefix: string): Promise<boolean> {
  if (lines === 0) return true
  const digest = createHash('sha256')
  let line = 0
  for await (const text of readLog(file).lines) {
    digest.update(text).update('\n')
    if (++line === lines) return digest.digest('hex') === prefix
  }
  return false
}

/** The event of a line, if it is a page view; else the report says why not. */
function read(line: string, report: ImportReport, occurrences: Occurrences, origin: string): ImportEvent | undefined {
  if (line === '') return undefined
  const entry = parseLogLine(line)
  if (!entry) {
    report.unreadable++
    if (report.unreadableLines.length < 5) report.unreadableLines.push(report.lines)
    return undefined
  }
  const skipped = whyNoPageView(entry)
  if (skipped) {
    report.skipped[skipped]++
    return undefined
  }
  report.from = Math.min(report.from, entry.at)
  report.to = Math.max(report.to, entry.at)
  return toEvent(entry, occurrences.next(entry.fingerprint), origin)
}
