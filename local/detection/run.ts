/** Simulated sites through what judges a site, and what it found of what was done to them. */

import { type Incident, incidentKey } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { directionOf } from '../../consumers/anomaly-detector/watch/open-incidents.ts'
import type { WatchPart } from '../../consumers/anomaly-detector/watch/parts.ts'
import { noSettings } from '../../consumers/anomaly-detector/watch/settings.ts'
import { SiteWatch } from '../../consumers/anomaly-detector/watch/site-watch.ts'
import { seededRandom } from '../../load-test/random.ts'
import { disturbanceOf, driftNightMs, type IncidentKind, type Scripted, scriptOf } from './script.ts'
import { firstAt, minuteMs, SimulatedSite } from './traffic.ts'

export type Told = { alert: Incident; toldAt: number }

export type Found = {
  kind: IncidentKind
  from: number
  /** Until it was told; undefined: it never was. */
  afterMs: number | undefined
}

export type SiteRun = {
  seed: number
  perMinute: number
  found: Found[]
  /** Incidents that nothing was done for. */
  wrong: Incident[]
  alerts: Incident[]
  weeks: number
}

export type RunOptions = {
  seed: number
  perMinute: number
  days: number
  scripted: boolean
  without?: readonly WatchPart[]
}

/** A minute is judged when it has been over for twenty seconds, and a consumer looks every second or two. */
const judgedAfterMs = 22_000
/** What follows from an incident is part of it: its end, and a level that is found again. */
const aftermathMs = 30 * minuteMs
/** The night after a drift belongs to it, and the hours that follow. */
const driftAftermathMs = driftNightMs + 3 * 60 * minuteMs

export function runSite({ seed, perMinute, days, scripted, without = [] }: RunOptions): SiteRun {
  const random = seededRandom(seed)
  const script = scripted ? scriptOf(random) : []
  const site = new SimulatedSite(random, perMinute)
  const watch = new SiteWatch('simulated', undefined, without)
  const told = new Map<string, Told>()
  for (let minute = 0; minute < days * 1440; minute++) {
    const figures = site.next(minute, disturbanceOf(script, minute))
    const at = firstAt + minute * minuteMs
    for (const alert of watch.add(at, figures, noSettings)) {
      const key = incidentKey(alert)
      const toldAt = told.get(key)?.toldAt ?? at + minuteMs + judgedAfterMs
      told.set(key, { alert: structuredClone(alert), toldAt })
    }
  }
  return { seed, perMinute, weeks: days / 7, ...verdict(script, [...told.values()]) }
}

/** Traffic that comes back is no drift that was found. */
const directions: Record<IncidentKind, 1 | -1> = {
  doubled: 1,
  silent: -1,
  sourceGone: -1,
  clickFlood: 1,
  errorBurst: 1,
  robots: 1,
  oneNetwork: 1,
  drift: -1,
}

function verdict(script: readonly Scripted[], told: readonly Told[]): Pick<SiteRun, 'found' | 'wrong' | 'alerts'> {
  const belongs = ({ kind, from, to }: Scripted, { alert: { at, stepMs } }: Told) =>
    at + stepMs > from && at <= to + (kind === 'drift' ? driftAftermathMs : aftermathMs)
  const found = script.map((scripted): Found => {
    const { kind, from, to } = scripted
    const rightly = told.filter(
      (one) => belongs(scripted, one) && directionOf(one.alert) === directions[kind] && one.toldAt <= to,
    )
    const first = Math.min(...rightly.map(({ toldAt }) => toldAt))
    return { kind, from, afterMs: rightly.length > 0 ? first - from : undefined }
  })
  const wrong = told.filter((one) => !script.some((scripted) => belongs(scripted, one)))
  return { found, wrong: wrong.map(({ alert }) => alert), alerts: told.map(({ alert }) => alert) }
}
