/** Holds minutes that are over against the baseline, and stores what stands out. */
import { inParallel } from '../runtime/exactly-once.ts'
import type { AlertStore } from './alerts.ts'
import { baselineMinutes, judge } from './baseline.ts'
import { type MinuteStore, minuteMs } from './minutes.ts'
import { watchedMetrics } from './shapes/alert.ts'

const baselineMs = baselineMinutes * minuteMs
/** After a longer stop, what happened before is history. */
const longestLookBackMs = 24 * 60 * minuteMs

/**
 * Judges the minutes from `from` to before `to` of all sites that were seen lately. Judging a minute again gives the
 * same alerts under the same keys.
 *
 * @param sites when each site last sent something; those with nothing left to compare with are dropped
 */
export async function judgeMinutes(
  stores: { minutes: MinuteStore; alerts: AlertStore },
  sites: Map<string, number>,
  from: number,
  to: number,
): Promise<void> {
  const first = Math.max(from, to - longestLookBackMs)
  for (const [site, lastSeen] of sites) if (lastSeen < first - baselineMs) sites.delete(site)
  await inParallel([...sites.keys()], (site) => judgeSite(stores, site, first, to))
}

async function judgeSite(
  { minutes, alerts }: { minutes: MinuteStore; alerts: AlertStore },
  site: string,
  from: number,
  to: number,
): Promise<void> {
  const series = await minutes.series(site, from - baselineMs, to)
  const active = [...series.keys()].sort((a, b) => a - b)
  let first = 0
  for (let minute = from; minute < to; minute += minuteMs) {
    // The site begins where it first did something in this minute's own two hours: what lies before them is only there
    // when several minutes are judged together, and how many are must not matter.
    while ((active[first] ?? minute) < minute - baselineMs) first++
    const earliest = active[first] ?? minute
    for (const metric of watchedMetrics) {
      const history: number[] = []
      for (let past = earliest; past < minute; past += minuteMs) history.push(series.get(past)?.[metric] ?? 0)
      const observed = series.get(minute)?.[metric] ?? 0
      const judgement = judge(observed, history)
      if (!judgement?.anomalous) continue
      const { expected, low, high, score } = judgement
      await alerts.put({ site, at: minute, metric, observed, expected, low, high, score })
    }
  }
}
