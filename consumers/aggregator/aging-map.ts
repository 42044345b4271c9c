/**
 * A map that forgets what was not touched for a while, at no cost an entry: entries live in a young and an old half;
 * touching one makes it young, and from time to time the young become the old and the old are dropped. When that
 * happens depends on the stream's own time and on the number of entries alone: at whole multiples of the time that
 * entries are kept, so that a replay, which begins elsewhere in the stream, forgets at the same moments.
 *
 * Keys have two parts, a group (the site) and a name in it: texts put together for each look cost more than the look.
 */
import { IdMap } from './id-map.ts'

export type AgingMapJson = { turnedAt: number; groups: [group: string, young: Entries, old: Entries][] }
type Entries = [name: string, value: unknown][]

type Halves<Value> = { young: IdMap<Value>; old: IdMap<Value> }

export class AgingMap<Value> {
  readonly #keptMs: number
  readonly #maxEntries: number
  readonly #groups = new Map<string, Halves<Value>>()
  /** The group asked for last, which mostly is asked for again. */
  #lastName: string | undefined
  #last: Halves<Value> = { young: new IdMap(), old: new IdMap() }
  #youngCount = 0
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
    let size = 0
    for (const { young, old } of this.#groups.values()) size += young.size + old.size
    return size
  }

  get(group: string, name: string): Value | undefined {
    const { young, old } = this.#halves(group)
    const known = young.get(name)
    if (known !== undefined) return known
    const aged = old.size === 0 ? undefined : old.get(name)
    if (aged === undefined) return undefined
    this.set(group, name, aged)
    return aged
  }

  set(group: string, name: string, value: Value): void {
    const { young, old } = this.#halves(group)
    const before = young.size
    young.set(name, value)
    if (young.size === before) return
    this.#youngCount += 1
    if (old.size > 0) old.delete(name)
  }

  delete(group: string, name: string): void {
    const { young, old } = this.#halves(group)
    if (young.delete(name)) this.#youngCount -= 1
    old.delete(name)
  }

  /** @param at arrival time of the record at hand, epoch milliseconds */
  advance(at: number): void {
    const periodOf = (time: number) => Math.floor(time / this.#keptMs)
    if (periodOf(at) <= periodOf(this.#turnedAt) && this.#youngCount < this.#maxEntries / 2) return
    for (const [group, halves] of this.#groups) {
      if (halves.young.size === 0) this.#groups.delete(group)
      halves.old = halves.young
      halves.young = new IdMap()
    }
    this.#lastName = undefined
    this.#youngCount = 0
    this.#turnedAt = Math.max(at, this.#turnedAt)
  }

  #halves(group: string): Halves<Value> {
    if (group === this.#lastName) return this.#last
    let halves = this.#groups.get(group)
    if (!halves) {
      halves = { young: new IdMap(), old: new IdMap() }
      this.#groups.set(group, halves)
    }
    this.#lastName = group
    this.#last = halves
    return halves
  }

  toJson(encode: (value: Value) => unknown): AgingMapJson {
    const half = (map: IdMap<Value>) => Array.from(map, ([name, value]): [string, unknown] => [name, encode(value)])
    return {
      turnedAt: this.#turnedAt,
      groups: [...this.#groups].map(([group, { young, old }]) => [group, half(young), half(old)]),
    }
  }

  /** Takes over what another map held: the state of a parent shard, or a snapshot. */
  absorb({ turnedAt, groups }: AgingMapJson, decode: (json: unknown) => Value): void {
    this.#turnedAt = Math.max(this.#turnedAt, turnedAt)
    for (const [group, young, old] of groups) {
      const halves = this.#halves(group)
      for (const [name, value] of old) halves.old.set(name, decode(value))
      for (const [name, value] of young) this.set(group, name, decode(value))
    }
  }
}
