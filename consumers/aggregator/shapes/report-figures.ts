/** Figures as people read them: counts, a ratio, and means in seconds. The page reads this: nothing here needs Node. */
export type ReportFigures = {
  visitors: number
  visits: number
  pageviews: number
  clicks: number
  events: number
  /** Share of visits that began with a page view and saw no other page, 0 to 1; null when there are no visits. */
  bounceRate: number | null
  /** Mean over visits. */
  visitDurationSeconds: number
  /** Mean over visits: time in which the page was visible and in use. */
  engagedSeconds: number
}
