/**
 * How unlike anything lately seen the last values are, taken together: the distance of the last six to the most similar
 * six among the last thousand. Sees what no single value shows: a plateau where there were peaks, a flat line, a rhythm
 * that changed. Comparing shapes needs no model of the series.
 */
const patternLength = 6
/** What a comparison reaches back to, in values: bounds the time of each as well as the state. */
const remembered = 1000

export class Neighbours {
  /** The last of these is the newest; the front is thrown away whenever it is full. */
  readonly #values = new Float32Array(2 * remembered)
  #end = 0
  /** Where the nearest was: what follows it is likely near again, which ends most comparisons early. */
  #nearest = -1

  /** @returns Euclidean distance to the nearest earlier pattern; undefined before there was one */
  add(value: number): number | undefined {
    const values = this.#values
    if (this.#end === values.length) {
      const from = this.#end - (remembered - 1)
      values.copyWithin(0, from)
      this.#nearest -= from
      this.#end -= from
    }
    values[this.#end++] = value
    const pattern = this.#end - patternLength
    const last = pattern - patternLength
    const first = Math.max(0, this.#end - remembered)
    if (last < first) return undefined
    return Math.sqrt(this.#search(pattern, first, last))
  }

  /** Remembers another value than the one that was added last. */
  replaceLast(value: number): void {
    this.#values[this.#end - 1] = value
  }

  /** @returns the least squared distance of the pattern to those that start from `first` to `last` */
  #search(pattern: number, first: number, last: number): number {
    const values = this.#values
    const a = values[pattern] as number
    const b = values[pattern + 1] as number
    const c = values[pattern + 2] as number
    const d = values[pattern + 3] as number
    const e = values[pattern + 4] as number
    const f = values[pattern + 5] as number
    let nearest = this.#nearest + 1
    if (nearest < first || nearest > last) nearest = last
    let best = Number.POSITIVE_INFINITY
    // The likely one first, then all of them. Whatever the order, the least is the same number.
    for (let at = nearest, next = first; next <= last + 1; at = next++) {
      let difference = f - (values[at + 5] as number)
      let squares = difference * difference
      if (squares >= best) continue
      difference = a - (values[at] as number)
      squares += difference * difference
      if (squares >= best) continue
      difference = c - (values[at + 2] as number)
      squares += difference * difference
      if (squares >= best) continue
      difference = e - (values[at + 4] as number)
      squares += difference * difference
      if (squares >= best) continue
      difference = b - (values[at + 1] as number)
      squares += difference * difference
      difference = d - (values[at + 3] as number)
      squares += difference * difference
      if (squares >= best) continue
      best = squares
      nearest = at
      if (best === 0) break
    }
    this.#nearest = nearest
    return best
  }

  /** What `write` puts into a state, in numbers. */
  static readonly singles = remembered + 1

  write(into: Float32Array): void {
    const size = Math.min(this.#end, remembered)
    into[0] = size
    into.set(this.#values.subarray(this.#end - size, this.#end), 1)
  }

  static read(from: Float32Array): Neighbours {
    const neighbours = new Neighbours()
    neighbours.#end = from[0] ?? 0
    neighbours.#values.set(from.subarray(1, 1 + neighbours.#end))
    return neighbours
  }
}
