/** Takes a report for what it says it is. */
import type { ReplayReport } from '../../../consumers/replay/shapes/report.ts'

/** @returns undefined when there is none, or it is of a version that this page does not know */
export function readReport(report: unknown): ReplayReport | undefined {
  const known = typeof report === 'object' && report !== null && 'v' in report && report.v === 1
  return known ? (report as ReplayReport) : undefined
}
