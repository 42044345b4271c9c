/**
 * What the last minutes were made of: where minutes are too small to say which page or source changed, several together do. Of a
 * busy site few are kept, since one minute says enough.
 */
import { type TopDimension, topDimensions } from '../shapes/incident.ts'
import type { MinuteFigures, Table } from './figures.ts'
import { sumLengths } from './sums.ts'

export type Tops = Record<TopDimension, Table>

const most = Math.max(...sumLengths)
/** Older minutes are dropped as soon as the others hold so many different values with their counts. */
const enoughValues = 500

export class RecentMinutes {
  /** Oldest first. */
  readonly #minutes: Tops[]

  constructor(saved: SavedRecent = []) {
    this.#minutes = saved.map(topsFrom)
  }

  add({ tops }: Pick<MinuteFigures, 'tops'>): void {
    this.#minutes.push(tops)
    let values = this.#minutes.reduce((sum, each) => sum + sizeOf(each), 0)
    while (this.#minutes.length > most || (this.#minutes.length > 1 && values > enoughValues))
      values -= sizeOf(this.#minutes.shift() as Tops)
  }

  /** The newest together: at most so many minutes, fewer where fewer are kept. */
  newest(minutes: number): { tops: Tops; minutes: number } {
    const tops = topsFrom({})
    const some = this.#minutes.slice(-minutes)
    for (const each of some)
      for (const dimension of topDimensions)
        for (const [value, count] of each[dimension])
          tops[dimension].set(value, (tops[dimension].get(value) ?? 0) + count)
    return { tops, minutes: some.length }
  }

  save(): SavedRecent {
    return this.#minutes.map((tops) => {
      const used = topDimensions.filter((dimension) => tops[dimension].size > 0)
      return Object.fromEntries(used.map((dimension) => [dimension, [...tops[dimension]]]))
    })
  }
}

export type SavedRecent = Partial<Record<TopDimension, [string, number][]>>[]

function topsFrom(saved: SavedRecent[number]): Tops {
  return Object.fromEntries(topDimensions.map((dimension) => [dimension, new Map(saved[dimension])])) as Tops
}

function sizeOf(tops: Tops): number {
  return topDimensions.reduce((sum, dimension) => sum + tops[dimension].size, 0)
}
