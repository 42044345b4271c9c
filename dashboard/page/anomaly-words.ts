/** Incidents in words: what it was that was out of the ordinary, and by how much. */
import type { Anomaly, WatchedSeries } from '../anomaly-answers.ts'
import { formatCount, formatPercent, formatVital } from './format.ts'
import { texts } from './texts.ts'

/** What the pipeline does has its words on the page of the pipeline. */
const names: Partial<Record<Anomaly['metric'], string>> = {
  pageviews: texts.metrics.pageviews,
  visitors: texts.metrics.visitors,
  clicks: texts.metrics.clicks,
  conversions: texts.metrics.events,
  errors: texts.alerts.errors,
  clicksOfOneVisitor: texts.alerts.clicksOfOneVisitor,
  eventsOfOneNetwork: texts.alerts.eventsOfOneNetwork,
  unengagedViews: texts.alerts.unengagedViews,
  pageviewsPerHour: texts.metrics.pageviews,
  bounceRate: texts.metrics.bounceRate,
  LCP: 'LCP',
  INP: 'INP',
  CLS: 'CLS',
}

/** Such as: Page views, /pricing. */
export function seriesName({ metric, value }: WatchedSeries): string {
  const name = names[metric] ?? metric
  return value === undefined ? name : texts.alerts.of(name, value || texts.values.direct)
}

export function title(anomaly: Anomaly): string {
  const { observed, expected } = anomaly
  return texts.alerts[observed >= expected ? 'above' : 'below'](seriesName(anomaly))
}

/** The peak, and what is normal there. */
export function detail(anomaly: Anomaly): string {
  const { metric, observed, low, high, stepSeconds } = anomaly
  const [from, to] = isCount(metric) ? [Math.max(0, Math.floor(low)), Math.ceil(high)] : [low, high]
  const shown = formatFigure(metric, observed)
  const within = isCount(metric) ? during(shown, stepSeconds) : shown
  return texts.alerts.normal(within, formatFigure(metric, from), formatFigure(metric, to))
}

function during(shown: string, seconds: number): string {
  if (seconds === 60) return texts.alerts.inMinute(shown)
  return seconds === 3600 ? texts.alerts.inHour(shown) : texts.alerts.inMinutes(shown, formatCount(seconds / 60))
}

function isCount(metric: Anomaly['metric']): boolean {
  return metric !== 'bounceRate' && metric !== 'LCP' && metric !== 'INP' && metric !== 'CLS'
}

export function formatFigure(metric: Anomaly['metric'], value: number): string {
  if (metric === 'bounceRate') return formatPercent(value)
  return isCount(metric) ? formatCount(value) : formatVital(metric, value)
}
