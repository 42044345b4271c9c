/** A metric of a site over its past, and what would have been told of it: reads what is there, judges it as the detector does. */
import { toAnomaly } from '../../consumers/anomaly-detector/shapes/anomaly.ts'
import { backtest } from '../../consumers/anomaly-detector/watch/backtest.ts'
import type { BacktestAnswer, BacktestMetric } from '../anomaly-answers.ts'
import type { TimeseriesAnswer } from '../answers.ts'
import { oldestMinute, type Period } from './period.ts'

/** Of minutes all that is kept comes before; of hours so much, to know days and weeks by. */
const warmUpMs = 28 * 86_400_000
const stepsMs = { minute: 60_000, hour: 3_600_000 }
/** Fewer visits in an hour say little of a rate, as in what is watched. */
const leastVisits = 100

export type BacktestQuestion = {
  site: string
  metric: BacktestMetric
  interval: keyof typeof stepsMs
  evidence: number
  /** Epoch milliseconds: whole steps that lie within are answered. */
  from: number
  to: number
}

/** The period to be read: with what came before, without what is not over yet. */
export function readPeriod({ interval, from, to }: BacktestQuestion, now: number): Period {
  const stepMs = stepsMs[interval]
  const down = (at: number) => Math.floor(at / stepMs) * stepMs
  const first = interval === 'minute' ? oldestMinute(now) : down(from) - warmUpMs
  const last = Math.max(first + stepMs, down(Math.min(to, now)))
  const starts = Array.from({ length: (last - first) / stepMs }, (_, i) => first + i * stepMs)
  return { from: first, to: last, interval, timeZone: 'UTC', starts, cut: { from: true, to: true } }
}

/** @param read figures of that period */
export function toBacktest(question: BacktestQuestion, read: TimeseriesAnswer): BacktestAnswer {
  const { site, metric, interval, evidence, from, to } = question
  const stepMs = stepsMs[interval]
  const isRate = metric === 'bounceRate'
  const all = read.points.map((point) => ({
    at: Date.parse(point.at),
    value: point[metric] ?? 0,
    visits: point.visits,
  }))
  // What a site did before it was there is no silence.
  const begun = all.slice(
    Math.max(
      0,
      all.findIndex(({ visits, value }) => visits > 0 || value > 0),
    ),
  )
  const isEmpty = all.every(({ visits, value }) => visits === 0 && value === 0)
  const steps = begun.filter(({ visits }) => !isEmpty && (!isRate || visits >= leastVisits))
  const { points, incidents, toldFrom } = backtest(
    { site, name: { metric: watchedName(metric, interval) }, scale: isRate ? 'share' : 'count', stepMs, evidence },
    steps.map(({ at, value, visits }) => ({ at, value, events: isRate ? visits : value })),
  )
  const judged = new Map(points.map((point) => [point.at, point]))
  const isAsked = (at: number) => at >= from && at + stepMs <= to
  return {
    metric,
    interval,
    evidence,
    toldFrom: toldFrom === undefined ? null : isoTime(toldFrom),
    points: all
      .filter(({ at }) => isAsked(at))
      .map(({ at, value }) => {
        const { expected = null, low = null, high = null } = judged.get(at) ?? {}
        return { at: isoTime(at), observed: value, expected, low, high }
      }),
    anomalies: incidents
      .filter(({ at, end = Number.POSITIVE_INFINITY }) => at < to && end > from)
      .map((incident) => toAnomaly(incident)),
  }
}

function watchedName(metric: BacktestMetric, interval: BacktestQuestion['interval']) {
  if (metric === 'events') return 'conversions'
  return metric === 'pageviews' && interval === 'hour' ? 'pageviewsPerHour' : metric
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}
