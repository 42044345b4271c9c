/** Unusual steps of a series in a row: what may become an incident, or part of one. Plain data, so that it can be saved. */
export type Streak = {
  direction: 1 | -1
  /** Start of its first step, and the end of the last that was outside: epoch milliseconds. */
  from: number
  until: number
  /** Steps that were outside. */
  steps: number
  /** The two strongest steps, in decimal orders of magnitude: what is told rests on both. */
  evidence: [number, number]
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

export function beginStreak(from: number, direction: 1 | -1): Streak {
  return { direction, from, until: from, steps: 0, evidence: [0, 0], quiet: 0, told: false }
}

export function extendStreak(streak: Streak, until: number, evidence: number): void {
  streak.steps += 1
  streak.until = until
  streak.quiet = 0
  const [first, second] = streak.evidence
  if (evidence > first) streak.evidence = [evidence, first]
  else if (evidence > second) streak.evidence = [first, evidence]
}

/** Chance makes the product of two so small once in so many decimal orders of magnitude (Fisher's method). */
export function jointEvidence({ evidence: [first, second] }: Streak): number {
  const product = first + second
  return Math.max(0, product - Math.log10(1 + product * Math.LN10))
}
