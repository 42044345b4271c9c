/**
 * The days of a report, divided where nothing happened for long: an import brings days of years ago beside those of last
 * week, and on one axis of time both would be a line. Pure.
 */
import type { SiteChange } from '../../../consumers/replay/shapes/report.ts'
import { countDays } from '../state/period.ts'

type Days = SiteChange['days']

/** A chart still reads well with as many days without anything. */
const mostEmptyDays = 14

/** @param days ascending */
export function stretchesOf(days: Days): Days[] {
  const stretches: Days[] = []
  for (const day of days) {
    const current = stretches.at(-1)
    const last = current?.at(-1)
    // Both ends count.
    if (current && last && countDays({ from: last.day, to: day.day }) - 2 <= mostEmptyDays) current.push(day)
    else stretches.push([day])
  }
  return stretches
}

/** The latest in which something changes, else the latest. */
export function firstShown(stretches: readonly Days[], isChanged: (day: Days[number]) => boolean): number {
  const changed = stretches.findLastIndex((stretch) => stretch.some(isChanged))
  return changed < 0 ? stretches.length - 1 : changed
}
