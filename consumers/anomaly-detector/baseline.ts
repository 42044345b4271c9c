/**
 * The baseline: a minute against the two hours before it, by median and median absolute deviation, which a past
 * anomaly cannot drag along as it would a mean.
 */
export type Judgement = { expected: number; low: number; high: number; score: number; anomalous: boolean }

/** Minutes that the baseline looks back. */
export const baselineMinutes = 120
/** Below this there is nothing to compare with. */
const leastMinutes = 20
/** Robust standard deviations at which a minute is anomalous: by chance about once in 500 million. */
const threshold = 6
/** Differences smaller than this interest nobody, however regular the traffic was. */
const leastDifference = 10

/** Turns a median absolute deviation into a standard deviation, for normally distributed values. */
const madToSigma = 1.4826

/** @param history counts of the minutes before, oldest first; undefined when too short */
export function judge(observed: number, history: readonly number[]): Judgement | undefined {
  if (history.length < leastMinutes) return undefined
  const expected = median(history)
  const deviation = median(history.map((count) => Math.abs(count - expected)))
  // Counts vary by at least their square root (Poisson), even where the last two hours happened to be even.
  const sigma = Math.max(madToSigma * deviation, Math.sqrt(expected), 1)
  const score = (observed - expected) / sigma
  return {
    expected,
    low: Math.max(0, expected - threshold * sigma),
    high: expected + threshold * sigma,
    score,
    anomalous: Math.abs(score) >= threshold && Math.abs(observed - expected) >= leastDifference,
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
