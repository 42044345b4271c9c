import type { LoadReport } from './generator.ts'
import type { ProbeReport } from './probe/probe.ts'

/** @returns lines for a person: what was sent, what came back, how long it took */
export function summaryTable(report: LoadReport, seed: number, more: [string, string][] = []): string {
  const rows = [...summaryRows(report, seed), ...more]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** The same as names and values. */
export function summaryRows(report: LoadReport, seed: number): [string, string][] {
  const { latencyMs: latency } = report
  return [
    ['requests', count(report.requests)],
    ['events', count(report.events)],
    ['accepted', count(report.accepted)],
    ['rejected', count(report.rejected)],
    ...Object.entries(report.statuses).map(([status, n]): [string, string] => [`answers ${status}`, count(n)]),
    ...Object.entries(report.failures).map(([code, n]): [string, string] => [`no answer: ${code}`, count(n)]),
    ...(report.notSent > 0 ? [['due, not sent', count(report.notSent)] as [string, string]] : []),
    ['duration', `${report.durationSeconds.toFixed(1)} s`],
    ['rate', `${report.achievedRate.toFixed(1)} events/s of ${Number(report.targetRate.toFixed(1))} asked for`],
    ['latency p50', milliseconds(latency.p50)],
    ['latency p90', milliseconds(latency.p90)],
    ['latency p99', milliseconds(latency.p99)],
    ['latency max', milliseconds(latency.max)],
    ['seed', String(seed)],
  ]
}

/** From an event to its figure on an open dashboard. */
export function probeRows({ shown, late, toDashboardMs }: ProbeReport): [string, string][] {
  return [
    ['probes shown', `${count(shown)}${late > 0 ? `, ${count(late)} not in time` : ''}`],
    ['to dashboard p50', milliseconds(toDashboardMs.p50)],
    ['to dashboard p95', milliseconds(toDashboardMs.p95)],
    ['to dashboard p99', milliseconds(toDashboardMs.p99)],
    ['to dashboard max', milliseconds(toDashboardMs.max)],
  ]
}

/** A run in which nothing answered measured nothing. */
export function wasReached(report: LoadReport): boolean {
  return Object.keys(report.statuses).length > 0
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`
}
