/**
 * Page views that nobody is engaged with: what robots make, and what is bought as clicks. The snippet reports that a page was in
 * use when it is left or hidden, mostly within minutes, so views are held against the reports of the same minute, in the
 * relation that a site usually has. That is noise of both around little, and far above it when views come without reports.
 */

/** A minute's weight sinks by this share with each that follows: a mean over about a day. */
const forgotten = 1 / 1440
/** Minutes, weighted so, before which the relation is not known. */
const learningMinutes = 60
/** Reports a view, below which a site does not report enough to say anything: it uses the pixel, or no snippet of ours. */
const leastReports = 0.2

export type SavedEngagement = { minutes: number; views: number; reports: number }

export class Engagement {
  #minutes: number
  #views: number
  #reports: number

  constructor(saved: SavedEngagement = { minutes: 0, views: 0, reports: 0 }) {
    this.#minutes = saved.minutes
    this.#views = saved.views
    this.#reports = saved.reports
  }

  /** @returns page views of a minute beyond those that its reports account for; 0 while nothing is known */
  unengaged(views: number, reports: number): number {
    const perView = this.#views === 0 ? 0 : this.#reports / this.#views
    if (this.#minutes < learningMinutes || perView < leastReports) return 0
    return Math.max(0, Math.round(views - reports / perView))
  }

  /** Takes in an ordinary minute. */
  add(views: number, reports: number): void {
    this.#minutes = this.#minutes * (1 - forgotten) + 1
    this.#views = this.#views * (1 - forgotten) + views
    this.#reports = this.#reports * (1 - forgotten) + reports
  }

  save(): SavedEngagement {
    return { minutes: this.#minutes, views: this.#views, reports: this.#reports }
  }
}
