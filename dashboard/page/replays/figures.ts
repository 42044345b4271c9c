/** Headline figures of a report: what each is called, how it is written, and what it is over several days. */
import { type HeadlineFigures, noHeadlineFigures, type SiteChange } from '../../../consumers/replay/shapes/report.ts'
import { metrics } from '../../answers.ts'
import { formatCount, formatCountTick, formatDecimal, formatExact, formatPercent } from '../format.ts'
import { type MetricView, metricViews } from '../metrics.ts'
import { texts } from '../texts.ts'
import { replayTexts } from './texts.ts'

/** What the API answers everywhere, and what only a report has. */
export const figureNames = [
  ...metrics,
  'errors',
  'rageClicks',
  'bots',
] as const satisfies readonly (keyof HeadlineFigures)[]
export type FigureName = (typeof figureNames)[number]

const count = (name: 'events' | 'errors' | 'rageClicks' | 'bots'): MetricView => ({
  label: name === 'events' ? texts.metrics.events : replayTexts.figures[name],
  kind: 'count',
  value: (figures) => ({ ...noHeadlineFigures, ...figures })[name],
  format: formatCount,
  formatTick: formatCountTick,
  lowerIsBetter: false,
})

/** As the rest of the page writes them, and those that stand nowhere else on it. */
export const figureViews: Record<FigureName, MetricView> = {
  ...metricViews,
  events: count('events'),
  errors: count('errors'),
  rageClicks: count('rageClicks'),
  bots: count('bots'),
}

const counts = ['visitors', 'visits', 'pageviews', 'clicks', 'events', 'errors', 'rageClicks', 'bots'] as const

/** Counts are added up; means are those of all visits, not of days. */
export function totalOf(days: readonly HeadlineFigures[]): HeadlineFigures {
  const total = { ...noHeadlineFigures }
  for (const name of counts) total[name] = days.reduce((sum, day) => sum + day[name], 0)
  const mean = (value: (day: HeadlineFigures) => number) =>
    total.visits === 0 ? 0 : days.reduce((sum, day) => sum + value(day) * day.visits, 0) / total.visits
  return {
    ...total,
    bounceRate: total.visits === 0 ? null : mean((day) => day.bounceRate ?? 0),
    visitDurationSeconds: mean((day) => day.visitDurationSeconds),
    engagedSeconds: mean((day) => day.engagedSeconds),
  }
}

export type FigureChange = {
  name: FigureName
  old: number | null
  new: number | null
  same: boolean
}

export function changesOf({ days }: SiteChange): FigureChange[] {
  const old = totalOf(days.map((day) => day.old))
  const fresh = totalOf(days.map((day) => day.new))
  return figureNames.map((name) => {
    const view = figureViews[name]
    // Two days may change against each other, and add up to the same.
    const same = days.every((day) => view.value(day.old) === view.value(day.new))
    return { name, old: view.value(old), new: view.value(fresh), same }
  })
}

const sign = (value: number) => (value < 0 ? '−' : '+')

/** `+12`, `−3 pts`, and the same as a share where there is one: `+8%`. */
export function changeText(
  { kind, format }: MetricView,
  old: number | null,
  fresh: number | null,
): { absolute: string; relative: string | undefined } {
  const difference = (fresh ?? 0) - (old ?? 0)
  const size = Math.abs(difference)
  if (kind === 'ratio')
    return {
      absolute: `${sign(difference)}${replayTexts.report.points(formatDecimal(size * 100))}`,
      relative: undefined,
    }
  const absolute = `${sign(difference)}${kind === 'count' ? formatExact(size) : format(size)}`
  if (old === null || old === 0 || fresh === null) return { absolute, relative: undefined }
  return { absolute, relative: `${sign(difference)}${formatPercent(size / old)}` }
}
