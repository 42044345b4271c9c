/**
 * What is usual of each page, source, country, target, …: events a minute, as a mean over the last day or so. Held against what
 * a minute brought, it says what changed.
 */

import { type Change, type CountMetric, countMetrics, type TopDimension, topDimensions } from '../shapes/incident.ts'
import type { MinuteFigures, Table } from './figures.ts'

/** A minute's weight sinks by this share with each that follows: a mean over about a day. */
const forgotten = 1 / 1440
/** Values that are remembered of each dimension; at twice as many the smaller half is forgotten. */
const mostValues = 100
/** Changes that an incident names. */
const mostChanges = 5
/** Smaller ones, as a share of the largest, are none. */
const leastShare = 0.15

export class Shares {
  /** Sum of the weights so far: until the first day is over, a mean over fewer minutes. */
  #weight: number
  readonly #sums: Record<TopDimension, Table>
  readonly #counts: Map<CountMetric, number>

  constructor(saved?: SavedShares) {
    this.#weight = saved?.weight ?? 0
    const entries = topDimensions.map((dimension) => [dimension, new Map(saved?.sums[dimension])])
    this.#sums = Object.fromEntries(entries) as Record<TopDimension, Table>
    this.#counts = new Map(saved?.counts)
  }

  /** Takes in an ordinary minute. */
  add({ counts, tops }: MinuteFigures): void {
    this.#weight = this.#weight * (1 - forgotten) + 1
    for (const metric of countMetrics)
      this.#counts.set(metric, (this.#counts.get(metric) ?? 0) * (1 - forgotten) + counts[metric])
    for (const dimension of topDimensions) {
      const sums = this.#sums[dimension]
      for (const [value, sum] of sums) sums.set(value, sum * (1 - forgotten))
      for (const [value, count] of tops[dimension]) sums.set(value, (sums.get(value) ?? 0) + count)
      if (sums.size > 2 * mostValues) for (const [value] of sorted(sums).slice(mostValues)) sums.delete(value)
    }
  }

  /** The most frequent values of a dimension, with their events a minute. */
  top(dimension: TopDimension, most: number): { value: string; perMinute: number }[] {
    return sorted(this.#sums[dimension])
      .slice(0, most)
      .map(([value, sum]) => ({ value, perMinute: sum / this.#weight }))
  }

  perMinute(dimension: TopDimension, value: string): number {
    return this.#mean(this.#sums[dimension].get(value))
  }

  countPerMinute(metric: CountMetric): number {
    return this.#mean(this.#counts.get(metric))
  }

  #mean(sum = 0): number {
    return this.#weight === 0 ? 0 : sum / this.#weight
  }

  /**
   * What contributes most to a difference, largest first.
   *
   * @param among the dimensions that can have contributed
   * @param minutes that the figures are of
   * @param direction of the difference: only what changed the same way explains it
   * @param expectedRatio what the time of day leads to expect, in relation to the mean
   */
  changes(
    { tops }: Pick<MinuteFigures, 'tops'>,
    among: readonly TopDimension[],
    minutes: number,
    direction: 1 | -1,
    expectedRatio: number,
  ): Change[] {
    const changes: (Change & { by: number })[] = []
    for (const dimension of among)
      for (const value of new Set([...tops[dimension].keys(), ...this.#sums[dimension].keys()])) {
        const observed = tops[dimension].get(value) ?? 0
        const expected = this.perMinute(dimension, value) * minutes * expectedRatio
        changes.push({ dimension, value, observed, expected, by: (observed - expected) * direction })
      }
    changes.sort((a, b) => b.by - a.by || (a.dimension + a.value < b.dimension + b.value ? -1 : 1))
    const least = Math.max(1, (changes[0]?.by ?? 0) * leastShare)
    return changes
      .filter(({ by }) => by >= least)
      .slice(0, mostChanges)
      .map(({ by: _, ...change }) => change)
  }

  save(): SavedShares {
    const entries = topDimensions.map((dimension) => [dimension, [...this.#sums[dimension]]])
    return { weight: this.#weight, counts: [...this.#counts], sums: Object.fromEntries(entries) }
  }
}

export type SavedShares = {
  weight: number
  counts: [CountMetric, number][]
  sums: Record<TopDimension, [string, number][]>
}

function sorted(table: Table): [string, number][] {
  return [...table].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
}
