/**
 * Results of a pure function, remembered. When there are too many, all are forgotten: what is still needed is back
 * after a moment, and looking costs no more than a look into a Map.
 */
export class Remembered<Result> {
  readonly #compute: (text: string) => Result
  readonly #maxEntries: number
  readonly #known = new Map<string, Result>()

  constructor(maxEntries: number, compute: (text: string) => Result) {
    this.#maxEntries = maxEntries
    this.#compute = compute
  }

  get(text: string): Result {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    if (this.#known.size >= this.#maxEntries) this.#known.clear()
    const result = this.#compute(text)
    this.#known.set(text, result)
    return result
  }
}
