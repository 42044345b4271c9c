/** What unusual steps say together, against Fisher's method by another way: simulated. */
import { describe, expect, it } from 'vitest'
import { beginStreak, extendStreak, jointEvidence } from '../consumers/anomaly-detector/watch/streak.ts'
import { seededRandom } from '../load-test/random.ts'

function evidenceOf(...steps: number[]): number {
  const streak = beginStreak(0, -1)
  for (const evidence of steps) extendStreak(streak, 1, evidence)
  return jointEvidence(streak)
}

describe('the joint evidence of a streak', () => {
  it('is that of its two strongest steps where a third says little, in whatever order they came', () => {
    expect(evidenceOf(5, 6)).toBeCloseTo(11 - Math.log10(1 + 11 * Math.LN10), 10)
    expect(evidenceOf(0.2, 6, 0.1, 5)).toBe(evidenceOf(5, 6))
  })

  it('grows with a third that is as far off: seven hours at 4.0 are no chance, two could be', () => {
    expect(evidenceOf(4, 4)).toBeLessThan(7)
    expect(evidenceOf(4, 4, 4)).toBeGreaterThan(9)
    expect(evidenceOf(4, 4, 4, 4, 4, 4, 4)).toBe(evidenceOf(4, 4, 4))
  })

  it('is bounded by what two steps can have, so that a threshold beyond it is never met', () => {
    expect(evidenceOf(12, 12, 12)).toBe(evidenceOf(12, 12))
    expect(evidenceOf(12, 12)).toBeLessThan(23)
  })

  it('is one where three steps of chance alone are as strong once in ten times', () => {
    const random = seededRandom(1)
    const rounds = 100_000
    let strong = 0
    for (let i = 0; i < rounds; i++) {
      const streak = beginStreak(0, 1)
      for (let step = 0; step < 3; step++) extendStreak(streak, 1, -Math.log10(1 - random()))
      if (jointEvidence(streak) >= 1) strong++
    }
    // A little more than once: the stronger two of three are chosen, or all three.
    expect(strong / rounds).toBeGreaterThan(0.1)
    expect(strong / rounds).toBeLessThan(0.25)
  })

  it('goes on from a streak that was saved with two steps', () => {
    const saved = { ...beginStreak(0, 1), steps: 2, evidence: [5, 4] }
    extendStreak(saved, 1, 6)
    expect(saved.evidence).toEqual([6, 5, 4])
  })
})
