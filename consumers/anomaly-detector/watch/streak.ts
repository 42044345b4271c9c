/** Unusual steps of a series in a row: what may become an incident, or part of one. Plain data, so that it can be saved. */
import { mostEvidence } from '../series/tail.ts'

export type Streak = {
  direction: 1 | -1
  /** Start of its first step, and the end of the last that was outside: epoch milliseconds. */
  from: number
  until: number
  /** Steps that were outside. */
  steps: number
  /** The strongest steps, in decimal orders of magnitude, descending: what is told rests on two of them, or on three. */
  evidence: number[]
  /** Steps since the last that was outside. */
  quiet: number
  /** Whether it was told. */
  told: boolean
  /** What sums of steps showed it: the one that was furthest off. */
  sum?: SumPeak
}

export type SumPeak = {
  steps: number
  evidence: number
  /** Of all steps together. */
  point: { at: number; observed: number; expected: number; low: number; high: number }
}

const strongest = 3

export function beginStreak(from: number, direction: 1 | -1): Streak {
  return { direction, from, until: from, steps: 0, evidence: [], quiet: 0, told: false }
}

export function extendStreak(streak: Streak, until: number, evidence: number): void {
  streak.steps += 1
  streak.until = until
  streak.quiet = 0
  streak.evidence = [...streak.evidence, evidence].sort((a, b) => b - a).slice(0, strongest)
}

/**
 * Of the two strongest steps or of the three, whichever is the stronger: what creeps up makes no step that is far off by
 * itself, and many that are off. Never more than two steps can have.
 */
export function jointEvidence({ evidence: [first = 0, second = 0, third = 0] }: Streak): number {
  const most = ofProduct(2 * mostEvidence, 2)
  return Math.min(most, Math.max(ofProduct(first + second, 2), ofProduct(first + second + third, 3)))
}

/** Chance makes a product of so many probabilities so small once in so many decimal orders of magnitude (Fisher's method). */
function ofProduct(evidence: number, factors: number): number {
  const natural = evidence * Math.LN10
  let term = 1
  let sum = 1
  for (let i = 1; i < factors; i++) {
    term *= natural / i
    sum += term
  }
  return Math.max(0, evidence - Math.log10(sum))
}
