/** Incidents in English words, for who reads no JSON: mails and topics. Pure. */
import type { Change, Incident, SeriesName } from './incident.ts'

type Metric = SeriesName['metric']

const names: Record<Metric, string> = {
  pageviews: 'Page views',
  visitors: 'Visitors',
  clicks: 'Clicks',
  conversions: 'Events',
  errors: 'Errors',
  pageviewsPerHour: 'Page views',
  bounceRate: 'Bounce rate',
  LCP: 'Largest Contentful Paint',
  INP: 'Interaction to Next Paint',
  CLS: 'Cumulative Layout Shift',
  clicksOfOneVisitor: 'Clicks of one visitor',
  eventsOfOneNetwork: 'Events of one network',
  unengagedViews: 'Page views without engagement',
  lag: 'Seconds behind',
  unaccounted: 'Events missing from the ledger',
  rejectRate: 'Share of events rejected',
}
const dimensions: Record<Change['dimension'], string> = {
  page: 'Page',
  source: 'Source',
  country: 'Country',
  target: 'Click target',
  event: 'Event',
  error: 'Error',
  network: 'Network',
  consumer: 'Consumer',
  shard: 'Shard',
  reason: 'Reason',
}

export type AlertWords = {
  /** Such as: Clicks of /pricing far above normal. */
  title: string
  /** Such as: warning. */
  severity: string
  /** Label and value, in the order in which they are read. */
  facts: [string, string][]
  /** What contributes most, largest first. */
  changes: { part: string; observed: string; expected: string }[]
}

/** @param timeZone in which times are told */
export function alertWords(incident: Incident, timeZone: string): AlertWords {
  const { at, end, stepMs, peak, severity, others, changed, series } = incident
  const figure = (value: number) => figureText(series.metric, value)
  const unit = isCount(series.metric) ? ` in ${stepMs === 60_000 ? 'a minute' : 'an hour'}` : ''
  return {
    title: alertTitle(series, peak),
    severity,
    facts: [
      ['Since', momentText(at, timeZone)],
      ...(end === undefined ? [] : [['Until', momentText(end, timeZone)] as [string, string]]),
      ['At its peak', `${figure(peak.observed)}${unit}, at ${momentText(peak.at, timeZone)}`],
      ['Expected', `${figure(Math.max(0, peak.low))} to ${figure(peak.high)}${unit}`],
      ['Severity', severity],
      ...(others.length === 0 ? [] : [['Unusual with it', others.map(seriesWords).join(', ')] as [string, string]]),
    ],
    changes: changed.map(({ dimension, value, observed, expected }) => ({
      part: `${dimensions[dimension]}: ${shown(dimension, value)}`,
      observed: figureText(series.metric === 'lag' ? 'lag' : 'clicks', observed),
      expected: figureText(series.metric === 'lag' ? 'lag' : 'clicks', expected),
    })),
  }
}

/** Such as: Clicks of /pricing far above normal. */
export function alertTitle(series: SeriesName, { observed, expected }: { observed: number; expected: number }): string {
  return `${seriesWords(series)} far ${observed >= expected ? 'above' : 'below'} normal`
}

function seriesWords({ metric, dimension, value }: SeriesName): string {
  return dimension === undefined ? names[metric] : `${names[metric]} of ${shown(dimension, value ?? '')}`
}

/** What visitors' pages are called may be long, and hold anything. */
function shown(dimension: Change['dimension'], value: string): string {
  const text = value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  if (text === '') return dimension === 'source' ? 'direct visits' : 'unknown'
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

function isCount(metric: Metric): boolean {
  return !['bounceRate', 'LCP', 'INP', 'CLS', 'lag', 'rejectRate'].includes(metric)
}

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 })
const shares = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const shifts = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })

function figureText(metric: Metric, value: number): string {
  if (metric === 'lag') return `${counts.format(value)} s`
  if (metric === 'rejectRate') return shares.format(value)
  if (metric === 'bounceRate') return percents.format(value)
  if (metric === 'CLS') return shifts.format(value)
  if (metric === 'LCP' || metric === 'INP') return `${counts.format(value)} ms`
  return counts.format(value)
}

function momentText(at: number, timeZone: string): string {
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...date, ...time }).format(at)
}
