/** What the API answers of visitors who come back, as types: answers.ts says what holds for them. */

/** Visitors by the week in which they were first seen. Weeks are those of UTC, named by their Monday. */
export type CohortsAnswer = {
  /** For how many weeks visitors keep a name, and since when; null: for a day, and then there are no cohorts. */
  rememberedWeeks: number | null
  rememberedFrom: string | null
  /** The last week, where it is not over; null: it is. */
  runningWeek: string | null
  /** A cohort for each week that the period touches, by time. */
  cohorts: {
    week: string
    /** Whether names began with this week: then everybody in it is new. */
    isFirstOfWindow: boolean
    visitors: number
    /** Those of them who were there in each later week, as long as names last and the period goes. */
    later: { visitors: number; rate: number | null }[]
  }[]
}
