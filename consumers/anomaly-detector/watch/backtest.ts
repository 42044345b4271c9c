/**
 * What one series would have told, had it been asked for so much evidence: the past of a site through the code that judges it,
 * series by series. Pure; bounded by the steps that it is given.
 */
import { leastDeviations } from '../series/tail.ts'
import type { Incident, SeriesName } from '../shapes/incident.ts'
import { kindOfStep } from './kinds.ts'
import { begin, directionOf, update } from './open-incidents.ts'
import type { ScaleName } from './scales.ts'
import type { Point } from './series-kind.ts'
import { barOf, usualSettings } from './settings.ts'
import { WatchedSeries } from './watched-series.ts'

export type BacktestOptions = {
  site: string
  name: SeriesName
  scale: ScaleName
  /** A minute or an hour. */
  stepMs: number
  /** -log10 of the probability of chance from which on an incident of minutes is told, as in the settings of a site. */
  evidence: number
}

/** @param steps one after another, oldest first; `events`: of how many the value tells, for a count the value itself */
export function backtest(
  { site, name, scale, stepMs, evidence }: BacktestOptions,
  steps: Iterable<{ at: number; value: number; events: number }>,
): { points: Point[]; incidents: Incident[]; toldFrom: number | undefined } {
  const kind = kindOfStep(stepMs, scale)
  const named = { name, kind, series: new WatchedSeries(kind) }
  const knownAfter = kind.learningSteps + (kind.levelSteps === undefined ? kind.patienceSteps + leastDeviations : 0)
  const bar = barOf(kind, { ...usualSettings, evidence })
  const points: Point[] = []
  const incidents: Incident[] = []
  let open: Incident[] = []
  let seen = 0
  let toldFrom: number | undefined
  for (const { at, value, events } of steps) {
    const { point, streak, begins } = named.series.add(at, value, events, bar)
    seen += 1
    if (seen > knownAfter) toldFrom ??= at
    if (point) points.push(point)
    const before = open.length
    if (begins && streak) begin(site, open, [{ ...named, streak }])
    incidents.push(...open.slice(before))
    for (const incident of open) update(incident, named)
    open = open.filter((incident) => {
      if (named.series.streak?.direction === directionOf(incident)) return true
      incident.end = Math.max(incident.at + incident.stepMs, named.series.lastUntil)
      return false
    })
  }
  return { points, incidents, toldFrom }
}
