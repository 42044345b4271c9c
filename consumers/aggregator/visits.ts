/**
 * Visits: what one visitor does without a long pause (30 minutes, unless rules say otherwise), across midnight and full
 * page loads. A visit counts where it began; what becomes known later (it did not bounce after all, it lasted longer)
 * is added there, under the names that it began with, whatever rules hold by then.
 */
import type { SharedValues } from './dimension-value.ts'
import type { Page } from './page-values.ts'

/** What tells visits of a site apart, for as long as they go on: visitors have another name after midnight. */
export type VisitName = {
  /** Time whose bucket the visit counts in. */
  readonly startedAt: number
  /** The visitor's hash when it began. */
  readonly startedBy: number
}

export type Visit = VisitName & {
  /** Earliest and latest event: events may arrive out of order. */
  firstAt: number
  lastAt: number
  pageviews: number
  /** Counted as a bounce so far: it began with a page view, and no other followed. */
  bounced: boolean
  entryPage: Page
  /** The page viewed last, and when. */
  exitPage: Page
  exitAt: number
  /** With what it came, and from where; shared with other visits. */
  values: SharedValues
  /** Hour and arrival segment of the cells in which the visitor was last counted under these values. */
  countedIn: number
  /** Events since a time, to tell programs by their rate. */
  rateSince: number
  rateEvents: number
  isProgram: boolean
  /** The end of a burst of clicks on one target. */
  lastClick: { target: string; at: number; clicks: number } | undefined
}

/**
 * Whether an event at this time belongs to the visit: before its end, and not long before its beginning.
 *
 * @param timeoutMs inactivity that ends a visit, by the rules under which the event counts
 */
export function continues(visit: Visit, at: number, timeoutMs: number): boolean {
  return at <= visit.lastAt + timeoutMs && at >= visit.firstAt - timeoutMs
}

/** What an event changes about a visit that goes on: to be added where the visit began. */
export type VisitChange = { visitMs: number; bounces: number; previousExit: Page | undefined }

/** @param viewed the page that was viewed; undefined when the event is no page view */
export function extendVisit(visit: Visit, at: number, viewed: Page | undefined): VisitChange {
  const longer = Math.max(visit.lastAt, at) - Math.min(visit.firstAt, at) - (visit.lastAt - visit.firstAt)
  visit.firstAt = Math.min(visit.firstAt, at)
  visit.lastAt = Math.max(visit.lastAt, at)
  if (viewed === undefined) return { visitMs: longer, bounces: 0, previousExit: undefined }

  visit.pageviews++
  const takesBack = visit.bounced && visit.pageviews > 1
  if (takesBack) visit.bounced = false
  const { exitPage } = visit
  const leadsOn = at >= visit.exitAt
  if (leadsOn) {
    visit.exitPage = viewed
    visit.exitAt = at
  }
  return {
    visitMs: longer,
    bounces: takesBack ? -1 : 0,
    previousExit: leadsOn && exitPage !== viewed ? exitPage : undefined,
  }
}
