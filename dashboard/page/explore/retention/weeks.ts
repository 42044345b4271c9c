/** Weeks of retention, and what cohorts have in common. */
import type { CohortsAnswer } from '../../../cohort-answers.ts'
import { locale } from '../../language.ts'

const dayMs = 86_400_000
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })

/** @param day `2026-03-09` */
export function utcDayText(day: string): string {
  return days.format(Date.parse(day))
}

/** @param week its Monday, `2026-03-09` */
export function weekText(week: string): string {
  const monday = Date.parse(week)
  return days.formatRange(monday, monday + 6 * dayMs)
}

export function weekAfter(week: string, weeks: number): string {
  return new Date(Date.parse(week) + weeks * 7 * dayMs).toISOString().slice(0, 10)
}

/** The largest share of all, by which colours go. */
export function strongestOf(cohorts: CohortsAnswer['cohorts']): number {
  return Math.max(...cohorts.flatMap(({ later }) => later.map(({ rate }) => rate ?? 0)), Number.MIN_VALUE)
}

/** Of each column the share of all visitors together whose week so long after is over; null: there are none. */
export function meansOf({ cohorts, runningWeek }: CohortsAnswer, columns: number): (number | null)[] {
  return Array.from({ length: columns }, (_, i) => {
    const known = cohorts.filter(({ week, later }) => i < later.length && weekAfter(week, i + 1) !== runningWeek)
    const visitors = known.reduce((sum, cohort) => sum + cohort.visitors, 0)
    const returned = known.reduce((sum, { later }) => sum + (later[i]?.visitors ?? 0), 0)
    return visitors === 0 ? null : returned / visitors
  })
}
