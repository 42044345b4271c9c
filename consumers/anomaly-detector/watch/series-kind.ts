/** What a watched series is told, and what it tells. */
import type { ScaleName } from './scales.ts'
import type { Streak } from './streak.ts'

export type SeriesKind = {
  scale: ScaleName
  stepMs: number
  /**
   * Steps in which a slow departure from the season is taken for the level that the site has now; undefined: it is not,
   * and shows.
   */
  levelSteps: number | undefined
  /**
   * Steps after which a deviation is something to hold later ones against, unless it has become part of an incident:
   * what creeps up must not teach on its way.
   */
  patienceSteps: number
  /** Steps before which nothing is told: a season has to have been seen. */
  learningSteps: number
  /** Steps after which what was unusual is the new usual. */
  acceptedAfterSteps: number
  /** Whether it is told only where there is more than expected: less of it is no trouble. */
  onlyAbove?: boolean
  /** Whether sums of several steps are judged as well. */
  addsUp: boolean
  /** Sums of so many steps tell nothing (parts.ts). */
  withoutSums?: readonly number[]
}

/** How sure one must be, and for how long, before an incident is told. */
export type Bar = {
  /** -log10 of the probability that chance made it. */
  evidence: number
  minimumSteps: number
  /** Steps without anything unusual after which a streak is over. */
  coolDownSteps: number
}

/** A step of the series, in the unit of its values. */
export type Point = { at: number; observed: number; expected: number; low: number; high: number }

/** What is known of a series while it is watched. */
export type SeriesState = {
  /** The newest steps, newest last. */
  readonly points: readonly Point[]
  readonly streak: Streak | undefined
  /** End of the last unusual step that was told, epoch milliseconds; 0 before there was one. */
  readonly lastUntil: number
}

export type Outcome = {
  /** Undefined while there is nothing to compare with. */
  point: Point | undefined
  /** What goes on, told or not. */
  streak: Streak | undefined
  /** Whether this step made it something to tell. */
  begins: boolean
}
