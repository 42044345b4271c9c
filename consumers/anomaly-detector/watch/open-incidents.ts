/** What goes on at a site: series that become unusual together are one incident. Pure. */
import {
  type Incident,
  type PipelineMetric,
  pipelineMetrics,
  type SeriesName,
  type Severity,
  seriesKey,
} from '../shapes/incident.ts'
import { isCount, minuteMs } from './kinds.ts'
import type { Point, SeriesKind, SeriesState } from './series-kind.ts'
import { jointEvidence, type Streak } from './streak.ts'

/** What begins within so much of another began with it. */
const togetherMs = 15 * minuteMs
/** Steps that a picture shows of the time before. */
const stepsBefore = 15

type Watched = { series: SeriesState; kind: SeriesKind }
export type Begun = Watched & { name: SeriesName; streak: Streak }

/** Puts what begins into an incident that goes on, or begins one. */
export function begin(site: string, open: Incident[], begun: readonly Begun[]): void {
  for (const one of begun) {
    const together = open.find((alert) => belongs(alert, one))
    if (together) {
      const members = [together.series, ...together.others].map(seriesKey)
      if (!members.includes(seriesKey(one.name))) together.others.push(one.name)
      continue
    }
    open.push(beginAlert(site, one))
  }
}

function belongs(alert: Incident, { streak, name }: Begun): boolean {
  if (seriesKey(alert.series) === seriesKey(name)) return directionOf(alert) === streak.direction
  if (Math.abs(streak.from - alert.at) <= togetherMs) return true
  // A part of a site cannot do much else than the whole.
  if (isOfPipeline(alert.series)) return false
  return alert.series.dimension === undefined && directionOf(alert) === streak.direction
}

function beginAlert(site: string, { name, streak, series, kind }: Begun): Incident {
  const { sum } = streak
  const points = series.points.filter(({ at }) => at >= streak.from)
  const furthest = points.reduce((most, point) => (distance(point) > distance(most) ? point : most), points[0] as Point)
  return {
    site,
    at: streak.from,
    end: undefined,
    series: name,
    others: [],
    severity: 'notice',
    evidence: 0,
    peak: sum ? rounded(sum.point) : furthest,
    changed: [],
    picture: [],
    stepMs: (sum?.steps ?? 1) * kind.stepMs,
  }
}

/** An incident goes on behind a snapshot, its names in the order of one that was never saved: it is stored the same, to the byte. */
export function resume({ site, at, end: _, ...saved }: Incident): Incident {
  return { site, at, end: undefined, ...saved }
}

/**
 * Takes the newest step of the leading series into an incident.
 *
 * @returns whether it is its peak
 */
export function update(alert: Incident, { series, kind }: Watched): boolean {
  const newest = series.points.at(-1)
  const { streak } = series
  if (!newest) return false
  if (streak) {
    const evidence = Math.max(jointEvidence(streak), streak.sum?.evidence ?? 0)
    alert.evidence = Math.max(alert.evidence, Math.round(evidence * 10) / 10)
  }
  const from = alert.at - stepsBefore * kind.stepMs
  const first = series.points[0]
  // As long as all of it is remembered.
  const isWhole = alert.picture.length === 0 || (first !== undefined && first.at <= (alert.picture[0] as Point).at)
  if (isWhole) alert.picture = series.points.filter(({ at }) => at >= from).map(rounded)
  const peak = alert.stepMs === kind.stepMs ? peakAmong(alert, newest) : peakOfSums(alert, streak, kind.stepMs)
  if (peak) alert.peak = peak
  alert.severity = severityOf(alert)
  return peak !== undefined
}

function peakAmong({ peak }: Incident, newest: Point): Point | undefined {
  const isFurther = directionIs(newest, directionOf({ peak })) && distance(newest) > distance(peak)
  return newest.at === peak.at || isFurther ? newest : undefined
}

/** Of sums of as many steps as those that told it. */
function peakOfSums(
  { stepMs, peak, changed }: Incident,
  streak: Streak | undefined,
  eachMs: number,
): Point | undefined {
  const sum = streak?.sum
  if (!sum || sum.steps * eachMs !== stepMs) return undefined
  return changed.length === 0 || distance(sum.point) > distance(peak) ? rounded(sum.point) : undefined
}

export function directionOf({ peak }: Pick<Incident, 'peak'>): 1 | -1 {
  return peak.observed < peak.expected ? -1 : 1
}

function directionIs({ observed, expected }: Point, direction: 1 | -1): boolean {
  return (observed - expected) * direction > 0
}

function distance({ observed, expected }: Point): number {
  return Math.abs(observed - expected)
}

/** By what it does to the site: all of it gone, or several times as much, is urgent at night too. */
function severityOf({ series, peak: { observed, expected, high } }: Incident): Severity {
  if (isOfPipeline(series)) return pipelineSeverities[series.metric](observed, high)
  if (
    series.dimension === undefined &&
    isCount(series.metric) &&
    (observed <= expected / 10 || observed >= 3 * expected)
  )
    return 'critical'
  return observed <= expected / 2 || observed >= 1.5 * expected ? 'warning' : 'notice'
}

/** Of what is behind or rejected, by how much; what is nowhere may be lost. */
const pipelineSeverities: Record<PipelineMetric, (observed: number, high: number) => Severity> = {
  lag: (seconds, limit) => (seconds >= 10 * limit ? 'critical' : 'warning'),
  unaccounted: () => 'critical',
  rejectRate: (share) => (share >= 0.5 ? 'critical' : share >= 0.05 ? 'warning' : 'notice'),
}

function isOfPipeline(series: SeriesName): series is SeriesName & { metric: PipelineMetric } {
  return (pipelineMetrics as readonly string[]).includes(series.metric)
}

function rounded({ at, observed, expected, low, high }: Point): Point {
  const round = (value: number) => Number(value.toPrecision(4))
  return { at, observed: round(observed), expected: round(expected), low: round(low), high: round(high) }
}
