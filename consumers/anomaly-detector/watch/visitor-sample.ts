/**
 * Some of the visitors of a stretch of time, chosen by their hash, and whether each did more than look at one page. The
 * choice depends on who came alone, not on the order; samples of minutes add up to one of the hour.
 */

/** Visitors with the smallest hashes are kept, at most so many of one minute and shard. */
const most = 128
/** All hashes are below: 32 bits. */
const allHashes = 2 ** 32

export type SavedSample = { below: number; stayed: [number, boolean][] }

export class VisitorSample {
  /** Visitors with hashes below are all in it. */
  #below: number
  readonly #stayed: Map<number, boolean>

  constructor(saved: SavedSample = { below: allHashes, stayed: [] }) {
    this.#below = saved.below
    this.#stayed = new Map(saved.stayed)
  }

  /** A page view or a click of a visitor, given the 32 bits of its hash. */
  add(hash: number, isClick: boolean): void {
    const unsigned = hash >>> 0
    if (unsigned >= this.#below) return
    const seen = this.#stayed.get(unsigned)
    this.#stayed.set(unsigned, isClick || seen !== undefined)
    if (this.#stayed.size > most) this.#leaveLast()
  }

  /** Adds what came later: who came again stayed. */
  merge(other: VisitorSample): void {
    if (other.#below < this.#below) this.#narrow(other.#below)
    for (const [hash, stayed] of other.#stayed)
      if (hash < this.#below) this.#stayed.set(hash, stayed || this.#stayed.has(hash))
  }

  /** Of the sample. */
  get bounces(): { visitors: number; bounced: number } {
    let bounced = 0
    for (const stayed of this.#stayed.values()) if (!stayed) bounced += 1
    return { visitors: this.#stayed.size, bounced }
  }

  /** In the order of the hashes. */
  save(): SavedSample {
    return { below: this.#below, stayed: [...this.#stayed].sort(([a], [b]) => a - b) }
  }

  /** The one with the largest hash. Often done in a busy minute: nothing is copied. */
  #leaveLast(): void {
    let last = 0
    for (const hash of this.#stayed.keys()) if (hash > last) last = hash
    this.#below = last
    this.#stayed.delete(last)
  }

  #narrow(below: number): void {
    this.#below = below
    for (const hash of this.#stayed.keys()) if (hash >= below) this.#stayed.delete(hash)
  }
}
