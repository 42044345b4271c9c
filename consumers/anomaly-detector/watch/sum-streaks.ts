/** What sums of several steps make of a streak: they tell one that single steps do not, and see further how long it lasts. */

import type { Bar } from './series-kind.ts'
import type { Streak } from './streak.ts'
import type { SumFinding } from './sums.ts'

/** A sum asks for so much less evidence than the product of two steps: it is one probability, and needs no second. */
const sumCredit = 2.5

/**
 * @param streak that goes on, or undefined; is altered
 * @returns the streak that goes on now, and whether it became something to tell
 */
export function followSums(
  streak: Streak | undefined,
  findings: readonly SumFinding[],
  stepMs: number,
  bar: Bar,
): { streak: Streak | undefined; begins: boolean } {
  if (streak?.told) {
    for (const finding of findings) if (finding.direction === streak.direction) goOn(streak, finding, stepMs)
    return { streak, begins: false }
  }
  const strongest = findings.reduce<SumFinding | undefined>(
    (most, finding) => (finding.evidence > (most?.evidence ?? 0) ? finding : most),
    undefined,
  )
  const isSure =
    strongest !== undefined && strongest.evidence >= bar.evidence - sumCredit && strongest.lasted >= bar.minimumSteps
  if (!strongest || !isSure) return { streak, begins: false }
  const { direction, from, until, lasted, evidence, steps, at, observed, expected, low, high } = strongest
  const before = streak?.direction === direction ? streak : undefined
  const told: Streak = {
    direction,
    from: Math.min(from, before?.from ?? from),
    until: Math.max(until + stepMs, before?.until ?? 0),
    steps: Math.max(lasted, before?.steps ?? 0),
    evidence: before?.evidence ?? [0, 0],
    quiet: 0,
    told: true,
    sum: { steps, evidence, point: { at, observed, expected, low, high } },
  }
  return { streak: told, begins: true }
}

function goOn(
  streak: Streak,
  { steps, at, until, observed, expected, low, high, evidence }: SumFinding,
  stepMs: number,
) {
  if (until + stepMs > streak.until) {
    streak.until = until + stepMs
    streak.quiet = 0
  }
  const { sum } = streak
  if (sum?.steps !== steps) return
  sum.evidence = Math.max(sum.evidence, evidence)
  const { point } = sum
  if (Math.abs(observed - expected) > Math.abs(point.observed - point.expected))
    sum.point = { at, observed, expected, low, high }
}
