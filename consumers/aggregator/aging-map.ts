/**
 * A map that forgets what was not touched for a while, at no cost an entry: entries live in a young and an old half;
 * touching one makes it young, and from time to time the young become the old and the old are dropped. When that
 * happens depends on the stream's own time and on the number of entries alone: at whole multiples of the time that
 * entries are kept, so that a replay, which begins elsewhere in the stream, forgets at the same moments.
 */
export class AgingMap<Value> {
  readonly #keptMs: number
  readonly #maxEntries: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  #turnedAt = 0

  /**
   * @param keptMs an entry is kept at least this long after it was last touched, and at most twice as long
   * @param maxEntries bound on the memory: past it the older half goes earlier
   */
  constructor(keptMs: number, maxEntries: number) {
    this.#keptMs = keptMs
    this.#maxEntries = maxEntries
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old === undefined) return undefined
    this.#old.delete(key)
    this.#young.set(key, old)
    return old
  }

  set(key: string, value: Value): void {
    this.#old.delete(key)
    this.#young.set(key, value)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /** @param at arrival time of the record at hand, epoch milliseconds */
  advance(at: number): void {
    const periodOf = (time: number) => Math.floor(time / this.#keptMs)
    if (periodOf(at) <= periodOf(this.#turnedAt) && this.#young.size < this.#maxEntries / 2) return
    this.#old = this.#young
    this.#young = new Map()
    this.#turnedAt = Math.max(at, this.#turnedAt)
  }

  toJson(encode: (value: Value) => unknown): unknown {
    const half = (map: Map<string, Value>) => [...map].map(([key, value]) => [key, encode(value)])
    return { turnedAt: this.#turnedAt, young: half(this.#young), old: half(this.#old) }
  }

  /** Takes over what another map held: the state of a parent shard, or a snapshot. */
  absorb(json: unknown, decode: (json: unknown) => Value): void {
    const { turnedAt, young, old } = json as { turnedAt: number; young: [string, unknown][]; old: [string, unknown][] }
    this.#turnedAt = Math.max(this.#turnedAt, turnedAt)
    for (const [key, value] of old) this.#old.set(key, decode(value))
    for (const [key, value] of young) this.#young.set(key, decode(value))
  }
}
