/**
 * How rare a deviation is among all deviations of its series so far: the largest of them are kept, and what lies beyond
 * is extrapolated by an exponential tail (the excess over a high level of most distributions is close to one). This is
 * what makes scores of different series comparable: it knows no unit and no distribution.
 */
/** Deviations that are kept: enough for a mean excess with 20 % error, few enough to be a tail. */
const kept = 32
/** Fewer deviations than this tell nothing of what is rare. */
export const leastDeviations = 50
/** Evidence is capped here, in decimal orders of magnitude: no past is long enough for more. */
export const mostEvidence = 12

export class Tail {
  /** Ascending; the first is where the tail begins. */
  readonly #largest = new Float64Array(kept)
  #size = 0
  #count = 0

  /**
   * @param deviation 0 or more
   * @param resolution differences smaller than this are rounding
   * @returns -log10 of the probability of a deviation as large or larger, going by those kept before it; 0 for any that
   *   is not among the largest
   */
  evidence(deviation: number, resolution: number): number {
    if (this.#count < leastDeviations || deviation <= this.#start + resolution) return 0
    const excess = Math.max(this.#meanExcess(), resolution)
    const beyond = (deviation - this.#start) / excess
    return Math.min(mostEvidence, Math.log10(this.#count / this.#size) + beyond / Math.LN10)
  }

  /** Takes a deviation into what later ones are held against. */
  keep(deviation: number): void {
    this.#count++
    const largest = this.#largest
    let i = this.#size
    if (i < kept) {
      this.#size++
      for (; i > 0 && (largest[i - 1] as number) > deviation; i--) largest[i] = largest[i - 1] as number
      largest[i] = deviation
    } else if (deviation > this.#start) {
      for (i = 1; i < kept && (largest[i] as number) < deviation; i++) largest[i - 1] = largest[i] as number
      largest[i - 1] = deviation
    }
  }

  /** The deviation that is exceeded with this probability; undefined while too little is known. */
  quantile(probability: number): number | undefined {
    if (this.#count < leastDeviations) return undefined
    const share = this.#size / this.#count
    return this.#start + this.#meanExcess() * Math.log(Math.max(1, share / probability))
  }

  /** What `write` puts into a state, in numbers. */
  static readonly length = kept + 2

  write(into: Float64Array): void {
    into[0] = this.#size
    into[1] = this.#count
    into.set(this.#largest, 2)
  }

  static read(from: Float64Array): Tail {
    const tail = new Tail()
    tail.#size = from[0] ?? 0
    tail.#count = from[1] ?? 0
    tail.#largest.set(from.subarray(2, 2 + kept))
    return tail
  }

  get #start(): number {
    return this.#largest[0] as number
  }

  #meanExcess(): number {
    const start = this.#start
    let sum = 0
    for (let i = 1; i < this.#size; i++) sum += (this.#largest[i] as number) - start
    return sum / (this.#size - 1)
  }
}
