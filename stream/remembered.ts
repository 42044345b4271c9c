/**
 * For how long visitors of a site keep a name: a UTC day, or, where its owners asked for it, a window of whole weeks
 * (docs/decisions/0034-visitors-remembered-for-weeks.md). Weeks are those of UTC and begin on Mondays, windows with the week in
 * which the site began to remember.
 */
import type { Site } from './site.ts'

/** What an owner may choose beside a day. */
export const rememberedWeeks = [4, 12] as const
export type RememberedWeeks = (typeof rememberedWeeks)[number]

/** Epoch milliseconds: begin, and end, which is not included. */
export type NamePeriod = { from: number; to: number }

const dayMs = 86_400_000
export const weekMs = 7 * dayMs
/** The first Monday since the epoch, which was a Thursday. */
const mondayMs = 4 * dayMs

/** When the UTC week of a time began, epoch milliseconds. */
export function weekOf(at: number): number {
  return at - modulo(at - mondayMs, weekMs)
}

/** The window of weeks that a time is in; undefined where visitors are not, or not yet, remembered for more than a day. */
export function windowOf(
  { rememberedWeeks: weeks, rememberedFrom: since }: Pick<Site, 'rememberedWeeks' | 'rememberedFrom'>,
  at: number,
): NamePeriod | undefined {
  if (weeks === undefined || since === undefined || at < since) return undefined
  const lastsMs = weeks * weekMs
  const from = at - modulo(at - weekOf(since), lastsMs)
  return { from, to: from + lastsMs }
}

/** A site that begins to remember does so with the next UTC day, when names change anyway. */
export function rememberedFrom(now: number): number {
  return now - modulo(now, dayMs) + dayMs
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
