/** What is watched of a site, and how (docs/anomaly-detection.md has the reasons). */
import {
  type CountMetric,
  countMetrics,
  type HourlyMetric,
  type PipelineMetric,
  type SeriesName,
  type TopDimension,
} from '../shapes/incident.ts'
import type { ScaleName } from './scales.ts'
import type { SeriesKind } from './series-kind.ts'

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs

const eachMinute: SeriesKind = {
  scale: 'count',
  stepMs: minuteMs,
  levelSteps: 30,
  learningSteps: 60,
  patienceSteps: 15,
  acceptedAfterSteps: 1440,
  addsUp: true,
}
/** Hours are for what is too slow or too seldom for minutes, so that no level may hide it; and a week has to have been seen. */
const eachHour = {
  stepMs: hourMs,
  levelSteps: undefined,
  learningSteps: 7 * 24,
  patienceSteps: 24,
  acceptedAfterSteps: 24,
  addsUp: false,
}

const hourlyKinds: Record<HourlyMetric, SeriesKind> = {
  pageviewsPerHour: { ...eachHour, scale: 'count' },
  bounceRate: { ...eachHour, scale: 'share' },
  LCP: { ...eachHour, scale: 'time' },
  INP: { ...eachHour, scale: 'time' },
  CLS: { ...eachHour, scale: 'time' },
}

const pipelineKinds: Record<PipelineMetric, SeriesKind> = {
  lag: { ...eachMinute, scale: 'time', addsUp: false },
  unaccounted: { ...eachMinute, addsUp: false },
  rejectRate: { ...eachMinute, scale: 'share', addsUp: false },
}
const otherKinds: Record<HourlyMetric | PipelineMetric, SeriesKind> = { ...hourlyKinds, ...pipelineKinds }

const onlyAbove: SeriesKind = { ...eachMinute, onlyAbove: true }

export function kindOf({ metric }: SeriesName): SeriesKind {
  if (metric === 'eventsOfOneNetwork' || metric === 'unengagedViews') return onlyAbove
  return isCount(metric) ? eachMinute : otherKinds[metric]
}

/** Of a series that is looked at alone, by minutes or hours. */
export function kindOfStep(stepMs: number, scale: ScaleName): SeriesKind {
  return stepMs === minuteMs ? { ...eachMinute, scale } : { ...eachHour, scale }
}

export function isCount(metric: SeriesName['metric']): metric is CountMetric {
  return (countMetrics as readonly string[]).includes(metric)
}

/** Series that a site has of its most frequent pages, of its sources, and of what is clicked. With the others: 28. */
export const topSeries = 5
/** Fewer events a minute are too few for a series of their own; with fewer than the second it is given up. */
export const topPerMinute = { begin: 0.3, end: 0.15 }
/** Below this an hour's rate or quantile says little. */
export const leastInHour = { visitors: 100, vitals: 50 }

/** Where what happened to a metric can be seen. */
export function dimensionsOf({ metric }: SeriesName): readonly TopDimension[] {
  switch (metric) {
    case 'eventsOfOneNetwork':
      return ['network']
    case 'clicks':
    case 'clicksOfOneVisitor':
      return ['target', 'network']
    case 'conversions':
      return ['event']
    case 'errors':
      return ['error']
    default:
      return ['page', 'source', 'country', 'network']
  }
}
