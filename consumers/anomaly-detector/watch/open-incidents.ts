/** What goes on at a site: series that become unusual together are one incident. Pure. */
import { type Incident, type Severity, seriesKey } from '../shapes/incident.ts'
import { isCount, minuteMs } from './kinds.ts'
import type { NamedSeries } from './site-series.ts'
import { jointEvidence, type Streak } from './streak.ts'
import type { Point, WatchedSeries } from './watched-series.ts'

/** What begins within so much of another began with it. */
const togetherMs = 15 * minuteMs
/** Steps that a picture shows of the time before. */
const stepsBefore = 30

export type Begun = NamedSeries & { streak: Streak }

/** Puts what begins into an incident that goes on, or begins one. */
export function begin(site: string, open: Incident[], begun: readonly Begun[]): void {
  for (const one of begun) {
    const together = open.find((alert) => belongs(alert, one))
    if (together) {
      together.others.push(one.name)
      continue
    }
    open.push(beginAlert(site, one))
  }
}

function belongs(alert: Incident, { streak, name }: Begun): boolean {
  if (seriesKey(alert.series) === seriesKey(name)) return directionOf(alert) === streak.direction
  if (Math.abs(streak.from - alert.at) <= togetherMs) return true
  // A part of a site cannot do much else than the whole.
  return alert.series.dimension === undefined && directionOf(alert) === streak.direction
}

function beginAlert(site: string, { name, streak, series, kind }: Begun): Incident {
  const points = series.points.filter(({ at }) => at >= streak.from)
  const peak = points.reduce((most, point) => (distance(point) > distance(most) ? point : most), points[0] as Point)
  return {
    site,
    at: streak.from,
    end: undefined,
    series: name,
    others: [],
    severity: 'notice',
    evidence: 0,
    peak,
    changed: [],
    picture: [],
    stepMs: kind.stepMs,
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
export function update(alert: Incident, series: WatchedSeries): boolean {
  const newest = series.points.at(-1)
  const { streak } = series
  if (!newest) return false
  if (streak) alert.evidence = Math.max(alert.evidence, Math.round(jointEvidence(streak) * 10) / 10)
  const from = alert.at - stepsBefore * alert.stepMs
  const first = series.points[0]
  // As long as all of it is remembered.
  const isWhole = alert.picture.length === 0 || (first !== undefined && first.at <= (alert.picture[0] as Point).at)
  if (isWhole) alert.picture = series.points.filter(({ at }) => at >= from).map(rounded)
  const isPeak =
    newest.at === alert.peak.at || (directionIs(newest, directionOf(alert)) && distance(newest) > distance(alert.peak))
  if (isPeak) alert.peak = newest
  alert.severity = severityOf(alert)
  return isPeak
}

export function directionOf({ peak }: Incident): 1 | -1 {
  return peak.observed < peak.expected ? -1 : 1
}

function directionIs({ observed, expected }: Point, direction: 1 | -1): boolean {
  return (observed - expected) * direction > 0
}

function distance({ observed, expected }: Point): number {
  return Math.abs(observed - expected)
}

/** By what it does to the site: all of it gone, or several times as much, is urgent at night too. */
function severityOf({ series, peak: { observed, expected } }: Incident): Severity {
  if (
    series.dimension === undefined &&
    isCount(series.metric) &&
    (observed <= expected / 10 || observed >= 3 * expected)
  )
    return 'critical'
  return observed <= expected / 2 || observed >= 1.5 * expected ? 'warning' : 'notice'
}

function rounded({ at, observed, expected, low, high }: Point): Point {
  const round = (value: number) => Number(value.toPrecision(4))
  return { at, observed: round(observed), expected: round(expected), low: round(low), high: round(high) }
}
