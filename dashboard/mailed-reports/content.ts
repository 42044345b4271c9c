/** What a report says of a site: the dashboard's own figures of a period, beside those of the one before. */
import type { Site } from '../../stream/site.ts'
import type { Anomaly } from '../anomaly-answers.ts'
import type { BreakdownDimension, BreakdownRow, Metric, SummaryAnswer } from '../answers.ts'
import type { View } from '../query/view.ts'
import type { Reports } from '../reports.ts'
import { periodOf, type ReportPeriod } from './periods.ts'

export const tops = [
  { dimension: 'page', metric: 'visitors' },
  { dimension: 'referrer', metric: 'visitors' },
  { dimension: 'country', metric: 'visitors' },
  { dimension: 'event', metric: 'events' },
] as const satisfies readonly { dimension: BreakdownDimension; metric: Metric }[]

const shownRows = 5
const shownIncidents = 10

export type ReportContent = {
  site: Pick<Site, 'site' | 'name' | 'timeZone'>
  period: ReportPeriod
  figures: SummaryAnswer
  before: SummaryAnswer
  /** Visitors of each day. */
  visitors: { days: number[]; before: number[] }
  tops: {
    dimension: (typeof tops)[number]['dimension']
    metric: (typeof tops)[number]['metric']
    rows: BreakdownRow[]
  }[]
  /** The latest of the period. */
  incidents: Anomaly[]
}

export async function gatherContent(
  reports: Pick<Reports, 'summary' | 'timeseries' | 'breakdown' | 'anomalies'>,
  view: View,
  { site, name, timeZone }: ReportContent['site'],
  period: ReportPeriod,
  now: number,
): Promise<ReportContent> {
  const [days, daysBefore] = [periodOf(period.days, timeZone, now), periodOf(period.before, timeZone, now)]
  const series = (of: typeof days) => reports.timeseries(site, of, view)
  const [figures, before, line, lineBefore, anomalies, ...rows] = await Promise.all([
    reports.summary(site, days, view),
    reports.summary(site, daysBefore, view),
    series(days),
    series(daysBefore),
    reports.anomalies(site, days, shownIncidents),
    ...tops.map(({ dimension, metric }) => reports.breakdown(site, days, view, dimension, metric, shownRows)),
  ])
  return {
    site: { site, name, timeZone },
    period,
    figures,
    before,
    visitors: {
      days: line.points.map(({ visitors }) => visitors),
      before: lineBefore.points.map(({ visitors }) => visitors),
    },
    tops: tops.map((top, i) => ({ ...top, rows: rows[i]?.rows ?? [] })),
    incidents: anomalies.anomalies,
  }
}
