/** The report of a run as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
import type { LoadReport } from '../generator.ts'
import { summaryRows } from '../summary.ts'
import type { TimelineReport } from '../timeline.ts'
import { distributionPlot } from './distribution.ts'
import { clock, count, duration, escapeHtml } from './format.ts'
import { answersPlot, latencyPlot, ratePlot } from './over-time.ts'
import { style } from './style.ts'

export type ReportFacts = {
  url: string
  sites: readonly string[]
  shape: string
  seed: number
  startedAt: Date
  /** The command that repeats the run. */
  commandLine: string
  /** What it ran on: Node, processor. */
  machine: string
  interrupted: boolean
}

export function reportPage(report: LoadReport, timeline: TimelineReport, facts: ReportFacts): string {
  const { points, distribution } = timeline
  const answered = Object.values(report.statuses).reduce((sum, requests) => sum + requests, 0)
  const stored = Object.entries(report.statuses).reduce((sum, [status, n]) => sum + (status[0] === '2' ? n : 0), 0)
  const notStored = report.requests - stored + report.notSent
  const tiles = [
    tile(count(report.accepted), 'events accepted'),
    tile(`${count(report.achievedRate)}/s`, `events, of ${count(report.targetRate)}/s asked`),
    tile(answered > 0 ? duration(report.latencyMs.p50) : '–', 'latency, median'),
    tile(answered > 0 ? duration(report.latencyMs.p99) : '–', 'latency, 99th percentile'),
    tile(count(notStored), 'requests not stored', notStored > 0),
  ]
  const { startedAt } = facts
  const when = `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test, ${when}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Load test of ${escapeHtml(facts.url)}</h1>
<p>${when} · ${clock(report.durationSeconds)} · ${escapeHtml(facts.shape)} arrival rate${facts.interrupted ? ' · ended early' : ''}</p>
</header>
<div class="tiles">${tiles.join('')}</div>
<div class="grid2">
${[ratePlot(points), latencyPlot(points), distributionPlot(distribution, report.latencyMs), answersPlot(points)].join('\n')}
</div>
<div class="grid2">
<section><h2>Summary</h2>${table(summaryRows(report, facts.seed).map(([name, value]) => [name, escapeHtml(value)]))}</section>
<section><h2>The run</h2>${table([
    ['command', `<code>${escapeHtml(facts.commandLine)}</code>`],
    ['sites', escapeHtml(facts.sites.join(', '))],
    ['on', escapeHtml(facts.machine)],
  ])}</section>
</div>
</body>
</html>
`
}

function tile(figure: string, name: string, bad = false): string {
  return `<div class="tile${bad ? ' bad' : ''}"><b>${escapeHtml(figure)}</b><span>${escapeHtml(name)}</span></div>`
}

/** @param rows name as text, value as HTML */
function table(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${value}</td></tr>`)
  return `<table>${lines.join('')}</table>`
}
