/**
 * Two weeks of a site, minute by minute, as the detector sees them: the day of the load test's traffic, quieter weekends,
 * days and hours that differ by chance, and what a script does to it. Seeded, pure, on simulated time.
 */

import { bucketOf } from '../../consumers/aggregator/shapes/quantiles.ts'
import {
  type MinuteFigures,
  networkTable,
  noFigures,
  type Table,
} from '../../consumers/anomaly-detector/watch/figures.ts'
import { FrequentVisitors } from '../../consumers/anomaly-detector/watch/frequent-visitors.ts'
import type { Random } from '../../load-test/random.ts'
import { shareAt } from '../../load-test/shape.ts'

export const minuteMs = 60_000
export const dayMs = 1440 * minuteMs
/** A Monday. */
export const firstAt = Date.parse('2026-03-02T00:00:00Z')

/** What a script does to a minute: factors on what would have come, and what comes on top. */
export type Disturbance = {
  traffic: number
  /** A source that brings nobody. */
  withoutSource: string | undefined
  /** Events a minute: clicks on one target, by many visitors. */
  extraClicks: number
  extraErrors: number
  /** Page views a minute that no engagement follows, by many visitors from everywhere. */
  extraRobots: number
  /** Page views a minute from one network, otherwise like those of others. */
  extraOfNetwork: number
}

export const undisturbed: Disturbance = {
  traffic: 1,
  withoutSource: undefined,
  extraClicks: 0,
  extraErrors: 0,
  extraRobots: 0,
  extraOfNetwork: 0,
}

type Part = readonly [value: string, share: number]

const sources: readonly Part[] = [
  ['', 0.35],
  ['google.com', 0.3],
  ['newsletter', 0.2],
  ['reddit.com', 0.1],
  ['t.co', 0.05],
]
/** One of the frequent ones. */
const floodedTarget = '/page-2'
const countries: readonly Part[] = [
  ['DE', 0.4],
  ['US', 0.3],
  ['FR', 0.2],
  ['JP', 0.1],
]
/** Visitors are from so many networks, and this share of them from one: an office, or a mobile provider. */
const networks = 400
const ofOffice = 0.02
const busyNetwork = 0xbeef
/** Reports of engagement for each page view, by the minutes after it. */
const engagements = [0.45, 0.25, 0.15]
const pageShares = Array.from({ length: 15 }, (_, rank) => 1 / (rank + 1))
const pageTotal = pageShares.reduce((sum, share) => sum + share, 0)
const pages: readonly Part[] = pageShares.map((share, rank) => [`/page-${rank}`, share / pageTotal])

/** Of page views: those that begin a visit. */
const arrivals = 0.4
const weekend = 0.6
const bounceRate = 0.45
/** How long a Friday takes to become a Saturday. */
const weekendHours = 6
/** Standard deviations of the logarithm: days by themselves, and what goes on from hour to hour. */
const dayNoise = 0.06
const hourNoise = 0.04
/** Share of an hour's departure that the next has too. */
const hourMemory = 0.8
/** Visits come in bursts of page views: the variance of a minute, in relation to that of independent events. */
const burst = 2

/** Everything a site does in turn; asks the script about each minute. */
export class SimulatedSite {
  readonly #random: Random
  readonly #perMinute: number
  /** Logarithms: of yesterday, of today, and of the hour. */
  #days: [number, number] = [0, 0]
  #hourFactor = 0
  #spareNormal: number | undefined
  /** Reports that the next minutes will have. */
  #engagedSoon: number[] = []

  /** @param perMinute page views in the busiest minutes of a weekday */
  constructor(random: Random, perMinute: number) {
    this.#random = random
    this.#perMinute = perMinute
  }

  /** @param minute counted from the beginning, in turn */
  next(
    minute: number,
    { traffic, withoutSource, extraClicks, extraErrors, extraRobots, extraOfNetwork }: Disturbance,
  ): MinuteFigures {
    if (minute % 1440 === 0) this.#days = [this.#days[1], dayNoise * this.#normal()]
    if (minute % 60 === 0)
      this.#hourFactor = hourMemory * this.#hourFactor + Math.sqrt(1 - hourMemory ** 2) * hourNoise * this.#normal()
    const progress = (minute % 1440) / 1440
    const [yesterday, today] = this.#days
    const usual =
      this.#perMinute *
      shareAt('day', progress) *
      weekFactor(minute) *
      Math.exp(yesterday + (today - yesterday) * progress + this.#hourFactor)
    const lost = sources.find(([source]) => source === withoutSource)?.[1] ?? 0
    const robots = this.#count(extraRobots)
    const ofNetwork = this.#count(extraOfNetwork)
    const people = this.#bursts(usual * traffic * (1 - lost)) + ofNetwork
    const pageviews = people + robots

    const figures = noFigures()
    const { counts, tops, vitals, sample } = figures
    counts.pageviews = pageviews
    counts.visitors = this.#some(pageviews, 0.7)
    const usualClicks = this.#some(pageviews, 0.8)
    const flood = this.#count(extraClicks)
    counts.clicks = usualClicks + flood
    // The more visitors, the more clicks has the busiest of them.
    counts.clicksOfOneVisitor = usualClicks === 0 ? 0 : Math.min(usualClicks, 1 + this.#count(Math.log(usualClicks)))
    counts.conversions = this.#some(pageviews, 0.03)
    counts.errors = this.#some(pageviews, 0.01) + this.#count(extraErrors)
    this.#divide(tops.page, pageviews, pages)
    this.#divide(tops.country, pageviews, countries)
    const came = sources.filter(([source]) => source !== withoutSource)
    this.#divide(tops.source, this.#some(pageviews, arrivals), came)
    this.#divide(tops.target, usualClicks, pages)
    const found = this.#networks(pageviews - ofNetwork, ofNetwork)
    tops.network = networkTable(found)
    counts.eventsOfOneNetwork = found.most
    figures.engaged = this.#engaged(people)
    if (flood > 0) tops.target.set(floodedTarget, (tops.target.get(floodedTarget) ?? 0) + flood)
    if (counts.errors > 0) tops.error.set('TypeError', counts.errors)
    const paints: Table = new Map()
    for (let i = this.#some(pageviews, 0.3); i > 0; i--) {
      const bucket = String(bucketOf(1800 * Math.exp(0.5 * this.#normal())))
      paints.set(bucket, (paints.get(bucket) ?? 0) + 1)
    }
    vitals.set('LCP', paints)
    // Who comes in this minute, and whether the visit is of one page; a sample of visitors goes by their hashes.
    for (let i = this.#some(counts.visitors, 0.6); i > 0; i--)
      sample.add(Math.floor(this.#random() * 2 ** 32), this.#random() > bounceRate)
    return figures
  }

  /** Of those who came now and before. */
  #engaged(people: number): number {
    for (const [after, share] of engagements.entries())
      this.#engagedSoon[after] = (this.#engagedSoon[after] ?? 0) + this.#some(people, share)
    return this.#engagedSoon.shift() ?? 0
  }

  #networks(people: number, busy: number): FrequentVisitors {
    const found = new FrequentVisitors()
    for (let i = people + busy; i > 0; i--)
      if (this.#random() * i < busy) {
        busy--
        found.add(busyNetwork)
      } else found.add(this.#random() < ofOffice ? 0 : 1 + Math.floor(this.#random() * networks))
    return found
  }

  #divide(into: Table, total: number, parts: readonly Part[]): void {
    let left = total
    let share = parts.reduce((sum, [, part]) => sum + part, 0)
    for (const [value, part] of parts) {
      const count = this.#some(left, Math.min(1, part / share))
      if (count > 0) into.set(value, count)
      left -= count
      share -= part
    }
  }

  /** A count whose variance is `burst` times its mean: visits of several events. */
  #bursts(mean: number): number {
    return mean === 0 ? 0 : Math.round(this.#count(mean / burst) * burst + this.#random() - 0.5)
  }

  /** Poisson. */
  #count(mean: number): number {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()))
    const least = Math.exp(-mean)
    let count = 0
    for (let product = this.#random(); product > least; product *= this.#random()) count++
    return count
  }

  /** Binomial. */
  #some(of: number, share: number): number {
    if (of > 200) {
      const mean = of * share
      return Math.min(of, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - share)) * this.#normal())))
    }
    let count = 0
    for (let i = 0; i < of; i++) if (this.#random() < share) count++
    return count
  }

  /** Box and Muller. */
  #normal(): number {
    const spare = this.#spareNormal
    if (spare !== undefined) {
      this.#spareNormal = undefined
      return spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.#random()))
    const angle = 2 * Math.PI * this.#random()
    this.#spareNormal = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** Between working days and weekends, around midnight. */
function weekFactor(minute: number): number {
  const hour = (minute / 60) % 168
  const half = weekendHours / 2
  const begun = (hour - (120 - half)) / weekendHours
  // The week ends at hour 168, and begins as the end of a weekend.
  const ended = ((hour + half) % 168) / weekendHours
  if (hour >= 120 - half && hour < 168 - half) return 1 - (1 - weekend) * Math.min(1, begun)
  return ended < 1 ? weekend + (1 - weekend) * ended : 1
}
