/**
 * What a site did in a minute, as far as it is watched: pure. Each shard counts its part; the parts add up, since a visitor's
 * events are all in one shard. What is counted depends on the order of the stream alone, not on how it is read.
 */
import type { Delivery, TrackedEvent } from '../../../stream/event.ts'
import { addressOf, hostOf } from '../../aggregator/place.ts'
import { bucketOf } from '../../aggregator/shapes/quantiles.ts'
import { VisitorSketch, visitorHash } from '../../aggregator/shapes/visitor-sketch.ts'
import {
  type CountMetric,
  countMetrics,
  type TopDimension,
  topDimensions,
  type VitalName,
  vitalNames,
} from '../shapes/incident.ts'
import { FrequentVisitors, type SavedVisitors } from './frequent-visitors.ts'
import { type SavedSample, VisitorSample } from './visitor-sample.ts'

/** How often, by value. */
export type Table = Map<string, number>
type Tops = Record<TopDimension, Table>
type Vitals = Map<VitalName, Table>

export type MinuteFigures = {
  counts: Record<CountMetric, number>
  tops: Tops
  /** By vital and bucket (aggregator/shapes/quantiles.ts). */
  vitals: Vitals
  sample: VisitorSample
  /** Reports of pages that were in use (watch/engagement.ts). */
  engaged: number
}

/** Different values of a dimension that a minute and shard tell apart: the frequent ones are among the first. */
const mostValues = 100
/** Longest text that is kept of a value. */
const longestValue = 100

export function noFigures(): MinuteFigures {
  return {
    counts: noCounts(),
    tops: topsFromJson(undefined),
    vitals: new Map(),
    sample: new VisitorSample(),
    engaged: 0,
  }
}

function noCounts(): MinuteFigures['counts'] {
  return Object.fromEntries(countMetrics.map((metric) => [metric, 0])) as MinuteFigures['counts']
}

/** @param into is altered */
export function addFigures(into: MinuteFigures, other: MinuteFigures): void {
  for (const metric of countMetrics)
    into.counts[metric] = addsUp(metric)
      ? into.counts[metric] + other.counts[metric]
      : Math.max(into.counts[metric], other.counts[metric])
  for (const dimension of topDimensions) addTable(into.tops[dimension], other.tops[dimension])
  for (const [vital, buckets] of other.vitals) {
    const sum: Table = into.vitals.get(vital) ?? new Map()
    into.vitals.set(vital, sum)
    addTable(sum, buckets)
  }
  into.sample.merge(other.sample)
  into.engaged += other.engaged
  // Its visitors are in several shards.
  into.counts.eventsOfOneNetwork = Math.max(into.counts.eventsOfOneNetwork, ...into.tops.network.values())
}

/** A visitor's events are all in one shard: of several shards, the one with the most. */
function addsUp(metric: CountMetric): boolean {
  return metric !== 'clicksOfOneVisitor' && metric !== 'eventsOfOneNetwork'
}

function addTable(into: Table, other: Table): void {
  for (const [value, count] of other) into.set(value, (into.get(value) ?? 0) + count)
}

/** One minute of one site and shard while it is counted. */
export class MinuteTally {
  readonly #figures: MinuteFigures
  readonly #visitors: VisitorSketch
  readonly #clickers: FrequentVisitors
  readonly #networks: FrequentVisitors

  private constructor(
    figures: MinuteFigures,
    visitors: VisitorSketch,
    clickers: FrequentVisitors,
    networks: FrequentVisitors,
  ) {
    this.#figures = figures
    this.#visitors = visitors
    this.#clickers = clickers
    this.#networks = networks
  }

  static empty(): MinuteTally {
    return new MinuteTally(noFigures(), new VisitorSketch(), new FrequentVisitors(), new FrequentVisitors())
  }

  add({ visitor, country, network }: Delivery, event: TrackedEvent): void {
    const { counts, sample } = this.#figures
    const { type, name = '', target } = event
    if (network !== undefined && (type === 'pageview' || type === 'click'))
      this.#networks.add(Number.parseInt(network, 16))
    if (visitor !== undefined) {
      const hash = visitorHash(visitor)
      this.#visitors.add(hash)
      if (type === 'click') this.#clickers.add(hash)
      if (type === 'pageview' || type === 'click') sample.add(hash, type === 'click')
    }
    switch (type) {
      case 'pageview':
        counts.pageviews++
        this.#countView(event, country)
        break
      case 'click':
        counts.clicks++
        if (target) this.#count('target', target.text || target.selector)
        break
      case 'custom':
        counts.conversions++
        this.#count('event', name)
        break
      case 'error':
        counts.errors++
        this.#count('error', name)
        break
      case 'engagement':
        if (event.engagedMs !== undefined && event.engagedMs > 0) this.#figures.engaged++
        break
      case 'vital':
        this.#countVital(name, event.props?.value)
        break
    }
  }

  get figures(): MinuteFigures {
    this.#figures.counts.visitors = this.#visitors.count
    this.#figures.counts.clicksOfOneVisitor = this.#clickers.most
    this.#figures.counts.eventsOfOneNetwork = this.#networks.most
    this.#figures.tops.network = networkTable(this.#networks)
    return this.#figures
  }

  toJson(): SavedMinute {
    return {
      ...figuresToJson(this.figures),
      visitors: this.#visitors.toText(),
      clickers: this.#clickers.save(),
      networks: this.#networks.save(),
    }
  }

  static fromJson(saved: SavedMinute): MinuteTally {
    const { visitors, clickers, networks } = saved
    return new MinuteTally(
      figuresFromJson(saved),
      VisitorSketch.fromText(visitors),
      new FrequentVisitors(clickers),
      new FrequentVisitors(networks),
    )
  }

  #countView({ url, referrer }: TrackedEvent, country: string | undefined): void {
    const { page, host: own, campaign } = addressOf(url)
    this.#count('page', page)
    if (country) this.#count('country', country)
    const host = referrer ? hostOf(referrer) : ''
    // Within the site people only go on. '' is a visit that came from nowhere.
    if (campaign.source || host !== own) this.#count('source', campaign.source || host)
  }

  #count(dimension: TopDimension, value: string): void {
    const table = this.#figures.tops[dimension]
    const text = value.slice(0, longestValue)
    const count = table.get(text)
    if (count === undefined && table.size >= mostValues) return
    table.set(text, (count ?? 0) + 1)
  }

  #countVital(name: string, value: unknown): void {
    const vital = vitalNames.find((known) => known === name)
    if (vital === undefined || typeof value !== 'number') return
    const { vitals } = this.#figures
    const buckets: Table = vitals.get(vital) ?? new Map()
    vitals.set(vital, buckets)
    const bucket = String(bucketOf(value))
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }
}

type Pairs = [string, number][]
export type SavedFigures = {
  counts: Record<CountMetric, number>
  tops: Partial<Record<TopDimension, Pairs>>
  vitals: [VitalName, Pairs][]
  sample: SavedSample
  engaged?: number
}
/** Minutes before 2026-11-29 have no `clickers`, `networks` and `engaged`, nor counts of them. */
export type SavedMinute = SavedFigures & { visitors: string; clickers?: SavedVisitors; networks?: SavedVisitors }

/** Of a network with fewer events in a minute nothing is said. */
const leastOfNetwork = 3

/** By their names as deliveries have them: 4 hex digits. */
export function networkTable(networks: FrequentVisitors): Table {
  const frequent = networks.save().filter(([, count]) => count >= leastOfNetwork)
  return new Map(frequent.map(([hash, count]) => [hash.toString(16).padStart(4, '0'), count]))
}

export function figuresToJson({ counts, tops, vitals, sample, engaged }: MinuteFigures): SavedFigures {
  const used = topDimensions.filter((dimension) => tops[dimension].size > 0)
  return {
    counts,
    tops: Object.fromEntries(used.map((dimension) => [dimension, [...tops[dimension]]])),
    vitals: [...vitals].map(([vital, buckets]) => [vital, [...buckets]]),
    sample: sample.save(),
    engaged,
  }
}

export function figuresFromJson({ counts, tops, vitals, sample, engaged = 0 }: SavedFigures): MinuteFigures {
  return {
    counts: { ...noCounts(), ...counts },
    tops: topsFromJson(tops),
    vitals: new Map(vitals.map(([vital, buckets]) => [vital, new Map(buckets)])),
    sample: new VisitorSample(sample),
    engaged,
  }
}

function topsFromJson(tops: SavedFigures['tops'] | undefined): Tops {
  return Object.fromEntries(topDimensions.map((dimension) => [dimension, new Map(tops?.[dimension])])) as Tops
}
