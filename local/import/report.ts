/** What an import did, in words. */
import type { ImportReport } from './import-log.ts'

export type ReportContext = { site: string; file: string; dashboardUrl: string; earlierLines: number }

export function describeReport(report: ImportReport, context: ReportContext): string {
  const { pageviews, skipped, rejected, unreadable, unreadableLines, lines, interrupted } = report
  const { site, file, dashboardUrl, earlierLines } = context
  if (interrupted) return `Stopped at line ${number(lines)}. The same command goes on from what was acknowledged.`
  if (lines === earlierLines) return `${file} was brought in before, whole: nothing is new.`

  const text = [`${number(pageviews)} page views of ${number(lines)} lines are in ${site}.`]
  const others = [
    [skipped.file, 'files (images, styles, scripts, downloads)'],
    [skipped.feed, 'feeds'],
    [skipped.status, 'redirects and errors'],
    [skipped.method, 'not GET'],
  ] as const
  const left = others.filter(([count]) => count > 0).map(([count, what]) => `${number(count)} ${what}`)
  if (left.length > 0) text.push(`No page views: ${left.join(', ')}.`)
  if (unreadable > 0)
    text.push(
      `${number(unreadable)} not in Combined Log Format: line ${unreadableLines.join(', ')}${unreadable > unreadableLines.length ? ', …' : ''}.`,
    )
  for (const [code, count] of rejected) text.push(`${number(count)} refused by the endpoint: ${code}.`)
  if (Number.isFinite(report.from)) {
    const [from, to] = [report.from, report.to].map((at) => new Date(at).toISOString().slice(0, 10))
    text.push(`Robots among them are kept in the archive and left out of the figures.`)
    text.push(`Look at it: ${dashboardUrl}/?site=${site}&period=custom&from=${from}&to=${to}`)
  }
  return text.join('\n')
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}
