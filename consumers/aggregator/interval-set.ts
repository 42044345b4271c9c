/**
 * A set of whole numbers that mostly come in order, kept as ranges: a page load's events, a producer's batches. In
 * the usual case it is one range, whatever it counts to.
 */
export class IntervalSet {
  /** Starts and (exclusive) ends in turn, ascending: 0..3 and 7 are [0, 4, 7, 8]. */
  readonly #bounds: number[]

  constructor(bounds: number[] = []) {
    this.#bounds = bounds
  }

  /** @returns whether the number is new */
  add(n: number): boolean {
    const bounds = this.#bounds
    // From the end, where new numbers usually belong.
    let i = bounds.length
    while (i > 0 && (bounds[i - 2] as number) > n) i -= 2
    // Now the range before i starts at or before n, and the range at i starts after it.
    if (i > 0 && n < (bounds[i - 1] as number)) return false
    const joinsPrevious = i > 0 && bounds[i - 1] === n
    const joinsNext = i < bounds.length && bounds[i] === n + 1
    if (joinsPrevious && joinsNext) bounds.splice(i - 1, 2)
    else if (joinsPrevious) bounds[i - 1] = n + 1
    else if (joinsNext) bounds[i] = n
    else bounds.splice(i, 0, n, n + 1)
    return true
  }

  toJson(): number[] {
    return this.#bounds
  }
}
