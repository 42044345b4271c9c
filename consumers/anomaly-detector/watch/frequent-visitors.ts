/**
 * Who did something most often in a minute, in bounded memory whoever else comes (Misra and Gries, 1982): whoever is counted
 * too low is so by at most one in so many of all events. It depends on the order of the events alone.
 */

/** Visitors that are told apart. */
const most = 32

/** 32 bits of a visitor's hash, and how often. */
export type SavedVisitors = [number, number][]

export class FrequentVisitors {
  readonly #counts: Map<number, number>

  constructor(saved: SavedVisitors = []) {
    this.#counts = new Map(saved)
  }

  add(hash: number): void {
    const count = this.#counts.get(hash)
    if (count !== undefined || this.#counts.size < most) {
      this.#counts.set(hash, (count ?? 0) + 1)
      return
    }
    for (const [other, left] of this.#counts)
      if (left === 1) this.#counts.delete(other)
      else this.#counts.set(other, left - 1)
  }

  /** Of the visitor with the most; 0 when nobody came. */
  get most(): number {
    return Math.max(0, ...this.#counts.values())
  }

  save(): SavedVisitors {
    return [...this.#counts]
  }
}
