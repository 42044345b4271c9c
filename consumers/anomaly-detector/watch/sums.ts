/**
 * Several steps of a count added up, looked at anew with each step: what chance hides in single minutes of a small site shows
 * in their sum. Each length has a past of its own to be held against.
 *
 *     steps    … 12 9 11 10 | 4 6 5 3 2      the newest last
 *     expected … 11 11 11 11 | 11 11 11 11 11   by the season, and the level before the sum began
 */
import { Tail } from '../series/tail.ts'
import { dayToDay, type Scale, scales } from './scales.ts'

/** Steps that are added up. */
export const sumLengths = [3, 5, 15, 30] as const
const longest = Math.max(...sumLengths)
/** On the scale: by chance alone nothing is further off, however even the past was. */
const chanceDeviations = 4
/** The band leaves one sum in so many. */
const bandProbability = 0.001
/** Steps that a deviation waits before it teaches: what creeps up must not teach on its way. */
const patienceSteps = 30
/**
 * Steps before which sums tell nothing: a single day is not known well enough to add up what is expected; and the first
 * weekend begins and ends so slowly that it shows in long sums.
 */
const learningSteps = { short: 2 * 1440, long: 6.25 * 1440 }
const longFrom = 15
/** Of so many steps the variance of a step is known. */
const varianceSteps = 1440
/** Differences of the scale that are rounding. */
const resolution = 1e-6
/** A sum is still out as long as it is by so much of the band. */
export const goOnMargins = 0.75

const scale: Scale = scales.count

export type SumStep = { at: number; observed: number; base: number; level: number }

/** A sum that is out of its band. */
export type SumFinding = {
  /** Steps that were added up, and what they had: the band is in the unit of the count. */
  steps: number
  at: number
  observed: number
  expected: number
  low: number
  high: number
  direction: 1 | -1
  /** -log10 of the probability of a sum as far off, by the sums of the past. */
  evidence: number
  /** The stretch of the steps that it comes from: start of the first, start of the last. */
  from: number
  until: number
  /** Steps of that stretch. */
  lasted: number
}

export class Sums {
  /** Oldest first. */
  #steps: SumStep[] = []
  #tails: Tail[] = sumLengths.map(() => new Tail())
  /** On the scale: of a sum around what was expected of it, chance and what the season and the level do not know together. */
  #spreads: number[] = sumLengths.map(() => 1)
  /** Of a step around what was expected of it, on the scale, and of how many steps. */
  #variance = 0
  #seen = 0
  /** Of the newest sums, by their length; and those that wait to be something later ones are held against, oldest first. */
  #newest: number[] = []
  #pending: number[][] = []

  /**
   * Takes in the next step.
   *
   * @param base what the season leads to expect of it, on the scale, and `level` how far the site is above that
   * @param matters whether so much of a difference is of interest to anybody
   * @returns sums that are out of their bands, the shortest first
   */
  add(step: SumStep, matters: (observed: number, expected: number) => boolean): SumFinding[] {
    const { at, observed, base, level } = step
    // In single precision, as all that is kept of them.
    this.#steps.push({ at, observed: single(observed), base: single(base), level: single(level) })
    if (this.#steps.length > longest) this.#steps.shift()
    const findings: SumFinding[] = []
    this.#newest = []
    for (const [i, length] of sumLengths.entries()) {
      if (this.#steps.length < length) break
      const found = this.#judge(length, this.#tails[i] as Tail, this.#spreads[i] as number, matters)
      this.#newest.push(single(found.deviation))
      if (found.finding) findings.push(found.finding)
    }
    return findings
  }

  /** How far the newest steps are from what was usual before them, on the scale. */
  shift(): number {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
    const expected = mean(this.#steps.map(({ base, level }) => this.#meanOf(base + level)))
    return scale.of(mean(this.#steps.map(({ observed }) => observed))) - scale.of(expected)
  }

  /**
   * The mean count, given the mean on the scale: of small counts the scale's mean is the lower the more they vary (by half of
   * its second derivative times their variance).
   */
  #meanOf(scaled: number): number {
    const value = scale.back(scaled)
    return value + ((this.#variance / 4) * value) / (value + 3 / 8)
  }

  /** Whether enough was seen to say what sums are usual. */
  get areKnown(): boolean {
    return this.#seen >= learningSteps.short
  }

  /** @returns the evidence against chance that a single step can be, by how much steps vary; no bound while little is known */
  boundOfStep(observed: number, expected: number): number {
    if (!this.areKnown) return Number.POSITIVE_INFINITY
    return chanceEvidence(observed, expected, Math.max(1, this.#variance))
  }

  /** The newest sums are usual, unless they become part of an incident while they wait. */
  learn(): void {
    const newest = this.#steps.at(-1)
    if (newest) {
      const residual = scale.of(newest.observed) - newest.base - newest.level
      this.#seen += 1
      this.#variance += (residual ** 2 - this.#variance) / Math.min(this.#seen, varianceSteps)
    }
    if (this.#newest.length > 0) this.#pending.push(this.#newest)
    const due = this.#pending.length > patienceSteps ? this.#pending.shift() : []
    for (const [i, deviation] of (due ?? []).entries()) {
      this.#tails[i]?.keep(deviation)
      const spread = this.#spreads[i] as number
      this.#spreads[i] = spread + (deviation ** 2 - spread) / varianceSteps
    }
  }

  /** The newest steps are part of an incident: their deviations teach nothing. */
  forget(): void {
    this.#pending = []
  }

  /** What was before is over, and part of no sum any more. */
  restart(from: number): void {
    this.#steps = this.#steps.filter(({ at }) => at >= from)
  }

  #judge(
    length: number,
    tail: Tail,
    spread: number,
    matters: (observed: number, expected: number) => boolean,
  ): { deviation: number; finding: SumFinding | undefined } {
    const steps = this.#steps
    const first = steps.length - length
    const { level, at } = steps[first] as SumStep
    let observed = 0
    let expected = 0
    for (let i = first; i < steps.length; i++) {
      const step = steps[i] as SumStep
      observed += step.observed
      expected += this.#meanOf(step.base + level)
    }
    const middle = scale.of(expected)
    const difference = scale.of(observed) - middle
    const deviation = Math.abs(difference)
    const margin = Math.max(chanceDeviations * scale.noise(expected), tail.quantile(bandProbability) ?? 0)
    if (deviation < goOnMargins * margin || !matters(observed, expected)) return { deviation, finding: undefined }
    const direction = difference < 0 ? -1 : 1
    const added = steps.slice(first)
    const usual = added.map(({ base }) => this.#meanOf(base + level))
    const excess = added.map((step, i) => (step.observed - (usual[i] as number)) * direction)
    const { from, until } = stretchOf(excess)
    // A single step that was far off is no sum: the others have to be out as well.
    const most = excess.indexOf(Math.max(...excess))
    const others = scale.of(observed - (added[most] as SumStep).observed) - scale.of(expected - (usual[most] as number))
    const isKnown = this.#seen >= learningSteps[length < longFrom ? 'short' : 'long']
    const isFar = isKnown && deviation >= margin && others * direction >= goOnMargins * margin
    const evidence = isFar
      ? Math.min(tail.evidence(deviation, resolution), chanceEvidence(observed, expected, Math.max(1, spread)))
      : 0
    return {
      deviation,
      finding: {
        steps: length,
        at,
        observed,
        expected,
        low: scale.back(middle - margin),
        high: scale.back(middle + margin),
        direction,
        evidence,
        from: (added[from] as SumStep).at,
        until: (added[until] as SumStep).at,
        lasted: until - from + 1,
      },
    }
  }

  save(): SavedSums {
    return {
      steps: this.#steps.map(({ at, observed, base, level }) => [at, observed, base, level]),
      tails: this.#tails.map((tail) => {
        const numbers = new Float64Array(Tail.length)
        tail.write(numbers)
        return [...numbers]
      }),
      spreads: this.#spreads,
      variance: [this.#variance, this.#seen],
      pending: this.#pending,
    }
  }

  static load(saved: SavedSums): Sums {
    const sums = new Sums()
    sums.#steps = saved.steps.map(([at, observed, base, level]) => ({ at, observed, base, level }))
    sums.#tails = saved.tails.map((numbers) => Tail.read(Float64Array.from(numbers)))
    sums.#spreads = [...saved.spreads]
    ;[sums.#variance, sums.#seen] = saved.variance
    sums.#pending = saved.pending.map((deviations) => [...deviations])
    return sums
  }
}

export type SavedSums = {
  steps: [number, number, number, number][]
  tails: number[][]
  spreads: number[]
  variance: [number, number]
  pending: number[][]
}

/**
 * -log10 of a bound on the probability of a count that is as far off (Chernoff's, for a Poisson distribution).
 *
 * @param spread of the count on the scale: 1 for events that know nothing of each other, more where they come together
 */
function chanceEvidence(observed: number, expected: number, spread: number): number {
  const ratio = observed / expected
  const distance = ratio === 0 ? 1 : ratio * Math.log(ratio) - ratio + 1
  return (distance * expected) / (spread * (1 + dayToDay ** 2 * expected)) / Math.LN10
}

const single = Math.fround

/** The steps that the difference comes from: those whose excess over half of its mean adds up to most (Kadane's algorithm). */
function stretchOf(excess: readonly number[]): { from: number; until: number } {
  const half = excess.reduce((sum, value) => sum + value, 0) / excess.length / 2
  let best = { from: 0, until: excess.length - 1, sum: Number.NEGATIVE_INFINITY }
  let from = 0
  let sum = 0
  for (const [i, value] of excess.entries()) {
    if (sum <= 0) {
      sum = 0
      from = i
    }
    sum += value - half
    if (sum > best.sum) best = { from, until: i, sum }
  }
  return best
}
