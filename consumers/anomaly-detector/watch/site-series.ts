/** The series of one site, by name: totals, what is told by the hour, and the most frequent pages, sources and targets of clicks. */

import { countMetrics, type SeriesName, seriesDimensions, seriesKey } from '../shapes/incident.ts'
import type { MinuteFigures } from './figures.ts'
import { kindOf, topPerMinute, topSeries } from './kinds.ts'
import { isWatched, kindWithout, type WatchPart } from './parts.ts'
import type { SeriesKind } from './series-kind.ts'
import type { Shares } from './shares.ts'
import { type SavedSeries, WatchedSeries } from './watched-series.ts'

export type NamedSeries = { name: SeriesName; kind: SeriesKind; series: WatchedSeries }

export class SiteSeries {
  readonly #byKey = new Map<string, NamedSeries>()
  readonly #without: readonly WatchPart[]

  constructor(without: readonly WatchPart[] = []) {
    this.#without = without
  }

  find(name: SeriesName): NamedSeries | undefined {
    return this.#byKey.get(seriesKey(name))
  }

  /** Begins one that is not there yet. */
  get(name: SeriesName): NamedSeries {
    const known = this.find(name)
    if (known) return known
    const kind = kindWithout(kindOf(name), this.#without)
    return this.#put({ name, kind, series: new WatchedSeries(kind) })
  }

  /** What a minute brought to each series that goes by minutes. */
  valuesOf({ counts, tops: found }: MinuteFigures): { named: NamedSeries; value: number }[] {
    for (const metric of countMetrics)
      if (counts[metric] > 0 && isWatched({ metric }, this.#without)) this.get({ metric })
    const values: { named: NamedSeries; value: number }[] = []
    for (const metric of countMetrics) {
      const named = this.find({ metric })
      if (named) values.push({ named, value: counts[metric] })
    }
    for (const named of this.#byKey.values()) {
      const { dimension, value } = named.name
      if (dimension !== undefined && dimension !== 'consumer' && value !== undefined)
        values.push({ named, value: found[dimension].get(value) ?? 0 })
    }
    return values
  }

  /** Which pages and sources are frequent enough changes slowly: looked at once an hour. */
  chooseTops(shares: Shares): void {
    for (const { name, series } of [...this.#byKey.values()]) {
      const { dimension, value } = name
      if (dimension === undefined || dimension === 'consumer' || value === undefined || series.streak) continue
      if (shares.perMinute(dimension, value) < topPerMinute.end) this.#byKey.delete(seriesKey(name))
    }
    for (const dimension of seriesDimensions) {
      if (!isWatched({ metric: 'clicks', dimension }, this.#without)) continue
      const metric = dimension === 'target' ? 'clicks' : 'pageviews'
      for (const { value, perMinute } of shares.top(dimension, topSeries)) {
        const count = [...this.#byKey.values()].filter(({ name }) => name.dimension === dimension).length
        if (count < topSeries && perMinute >= topPerMinute.begin) this.get({ metric, dimension, value })
      }
    }
  }

  save(): SavedSiteSeries {
    return [...this.#byKey.values()].map(({ name, series }) => ({ name, series: series.save() }))
  }

  static load(saved: SavedSiteSeries, without: readonly WatchPart[] = []): SiteSeries {
    const all = new SiteSeries(without)
    for (const { name, series } of saved) {
      const kind = kindWithout(kindOf(name), without)
      // What was learned on another scale means something else now: such a series begins anew.
      if (series.scale !== kind.scale) continue
      all.#put({ name, kind, series: WatchedSeries.load(kind, series) })
    }
    return all
  }

  #put(named: NamedSeries): NamedSeries {
    this.#byKey.set(seriesKey(named.name), named)
    return named
  }
}

export type SavedSiteSeries = { name: SeriesName; series: SavedSeries }[]
