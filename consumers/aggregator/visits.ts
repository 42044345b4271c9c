/**
 * Visits: what one visitor does without a pause of 30 minutes, across midnight and full page loads. A visit counts
 * where it began; what becomes known later (it did not bounce after all, it lasted longer) is added there.
 */
export type Visit = {
  /** Time whose bucket the visit counts in. */
  startedAt: number
  /** Earliest and latest event: events may arrive out of order. */
  firstAt: number
  lastAt: number
  pageviews: number
  /** Counted as a bounce so far: it began with a page view, and no other followed. */
  bounced: boolean
  entryPage: string
  source: string
  campaign: string | undefined
}

/** Inactivity that ends a visit. */
export const visitTimeoutMs = 30 * 60_000

/** Whether an event at this time belongs to the visit: before its end, and not long before its beginning. */
export function continues(visit: Visit, at: number): boolean {
  return at <= visit.lastAt + visitTimeoutMs && at >= visit.firstAt - visitTimeoutMs
}

/** What an event changes about a visit that goes on: to be added where the visit began. */
export type VisitChange = { visitMs: number; bounces: number }

export function extendVisit(visit: Visit, at: number, isPageview: boolean): VisitChange {
  const longer = Math.max(visit.lastAt, at) - Math.min(visit.firstAt, at) - (visit.lastAt - visit.firstAt)
  visit.firstAt = Math.min(visit.firstAt, at)
  visit.lastAt = Math.max(visit.lastAt, at)
  if (isPageview) visit.pageviews++
  const takesBack = visit.bounced && visit.pageviews > 1
  if (takesBack) visit.bounced = false
  return { visitMs: longer, bounces: takesBack ? -1 : 0 }
}
