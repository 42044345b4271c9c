/** What the API answers of goals, funnels and journeys, as types: answers.ts says what holds for them. */
import type { SavedFunnel, SavedGoal } from '../consumers/eraser/shapes/saved.ts'

export type GoalAnswer = SavedGoal & { id: string }
export type GoalsAnswer = { goals: GoalAnswer[] }
export type FunnelAnswer = SavedFunnel & { id: string }
export type FunnelsAnswer = { funnels: FunnelAnswer[] }

/** Of visits that began in the period. */
export type ConversionsAnswer = {
  visits: number
  /** Different ones in these visits. */
  visitors: number
  goals: {
    id: string
    name: string
    /** Visits that reached it, and their share of all; null without visits. */
    conversions: number
    rate: number | null
    /** The same of visitors. */
    visitors: number
    visitorRate: number | null
    /** How often it was reached in all. */
    completions: number
    /** What the conversions are worth together; null: the goal has no value. */
    value: number | null
    currency: string | null
  }[]
}

export type ConversionsByAnswer = {
  dimension: string
  rows: { value: string; visits: number; conversions: number; rate: number | null; worth: number | null }[]
  /** Different values in the period, of which the rows are the first. */
  total: number
}

export type FunnelReportAnswer = {
  /** Visits that began in the period. */
  visits: number
  steps: {
    step: string
    /** Visits, or visitors where it is asked within days, that came so far. */
    reached: number
    /** Their share of those who reached the first step, and of those who reached the step before; null without any. */
    ofFirst: number | null
    ofPrevious: number | null
    /** Median between the latest step before and this one; null: the first step, or nobody reached it. */
    medianSeconds: number | null
  }[]
}

export type JourneysAnswer = {
  /** Null: whatever a visit began with. */
  page: string | null
  /** Those that saw it. */
  visits: number
  /** By `away`, most visits first. */
  moves: {
    /** How far `from` is from the page that is looked at: -3 to 2, and `to` is one further. */
    away: number
    /** A page; empty: all that are not told apart; null: the visit began with `to`, or ended with `from`. */
    from: string | null
    to: string | null
    visits: number
  }[]
}

export const maxNamedLength = 100
