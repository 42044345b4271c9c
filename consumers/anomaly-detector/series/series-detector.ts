/**
 * Tells, value by value, how surprising a series is: online, in bounded memory, without training, labels or a setting for
 * the series. Two deviations (from the season, from the nearest past pattern) are each held against their own past
 * (Tail), the evidence is added up, and an incident is told once (Incidents). docs/anomaly-detection.md has the reasons.
 */
import { Incidents } from './incidents.ts'
import { Neighbours } from './neighbours.ts'
import { Season } from './season.ts'
import { readState, type State, writeState } from './state.ts'
import { Tail } from './tail.ts'

export type SeriesJudgement = {
  /**
   * 1 minus the probability of evidence this strong, 0..1; 0 where nothing is new. The same meaning for every series, so
   * that one threshold serves all.
   */
  score: number
  /** The same without regard to incidents told before: stays high while one lasts. */
  surprise: number
  /** What the season leads to expect, and the band that one value in a thousand leaves; undefined on the first day. */
  expected: number | undefined
  low: number | undefined
  high: number | undefined
}

/** How far a value was from the season, and the last six from what was most like them; undefined before there was one. */
export type Deviations = { deviation: number | undefined; distance: number | undefined }

/** What a detector is made of, and can be tried without. */
export const detectorParts = ['season', 'week', 'neighbours', 'rest', 'experience'] as const
export type DetectorPart = (typeof detectorParts)[number]

/** Values outside the band of expectation: one in so many. */
const bandProbability = 0.001
/** Share of the range of a series below which a deviation is rounding: profiles are kept in single precision. */
const relativeResolution = 1e-6

export class SeriesDetector {
  readonly #without: ReadonlySet<DetectorPart>
  #state: State

  constructor({ without = [] }: { without?: readonly DetectorPart[] } = {}) {
    this.#without = new Set(without)
    this.#state = {
      origin: Number.NaN,
      range: 0,
      season: new Season(),
      neighbours: new Neighbours(),
      seasonTail: new Tail(),
      neighboursTail: new Tail(),
      incidents: new Incidents({ rests: !this.#without.has('rest'), learns: !this.#without.has('experience') }),
    }
  }

  /**
   * Judges a value by those before it, then takes it in.
   *
   * @param timestampMs epoch milliseconds; gaps and repeated times are fine
   * @param remember says which value to take in instead: an incident need not teach what is usual. Whoever says so also
   *   decides whether and when to `learn` its deviations
   * @throws RangeError when one of them is not a finite number
   */
  add(
    timestampMs: number,
    value: number,
    remember?: (judgement: SeriesJudgement, deviations: Deviations) => number,
  ): SeriesJudgement {
    if (!Number.isFinite(timestampMs)) throw new RangeError('the timestamp is not a finite number')
    if (!Number.isFinite(value)) throw new RangeError('the value is not a finite number')
    const state = this.#state
    // Counted from the first value, so that single precision keeps small changes of large numbers.
    if (Number.isNaN(state.origin)) state.origin = value
    const offset = value - state.origin
    state.range = Math.max(state.range, Math.abs(offset))
    const resolution = state.range * relativeResolution

    state.season.moveTo(timestampMs)
    const deviation = this.#fromSeason(offset)
    const distance = this.#without.has('neighbours') ? undefined : state.neighbours.add(offset)
    let evidence = 0
    if (deviation !== undefined) evidence += state.seasonTail.evidence(deviation, resolution)
    if (distance !== undefined) evidence += state.neighboursTail.evidence(distance, resolution)
    const judgement = {
      score: certainty(state.incidents.add(evidence)),
      surprise: certainty(evidence),
      ...this.#expectation(),
    }

    const deviations = { deviation, distance }
    const remembered = remember ? remember(judgement, deviations) : value
    if (remembered !== value) state.neighbours.replaceLast(remembered - state.origin)
    state.season.add(remembered - state.origin)
    if (!remember) this.learn(deviations)
    return judgement
  }

  /** Takes deviations into what later ones are held against. */
  learn({ deviation, distance }: Deviations): void {
    const { seasonTail, neighboursTail } = this.#state
    if (deviation !== undefined) seasonTail.keep(deviation)
    if (distance !== undefined) neighboursTail.keep(distance)
  }

  /** All that it knows, in about 14 KB whatever the length of the series. */
  save(): Uint8Array {
    return writeState(this.#state)
  }

  /**
   * Goes on where `save` was called: to the same scores.
   *
   * @throws RangeError when the bytes are no state of this version
   */
  static load(bytes: Uint8Array): SeriesDetector {
    const detector = new SeriesDetector()
    detector.#state = readState(bytes)
    return detector
  }

  /** The distance to the day's or the week's profile, whichever is nearer; undefined before there is one. */
  #fromSeason(offset: number): number | undefined {
    const { ofDay, ofWeek } = this.#profiles()
    if (Number.isNaN(ofDay) || this.#without.has('season')) return undefined
    const fromDay = Math.abs(offset - ofDay)
    return Number.isNaN(ofWeek) ? fromDay : Math.min(fromDay, Math.abs(offset - ofWeek))
  }

  #profiles(): { ofDay: number; ofWeek: number } {
    const { ofDay, ofWeek } = this.#state.season
    return { ofDay, ofWeek: this.#without.has('week') ? Number.NaN : ofWeek }
  }

  #expectation(): Pick<SeriesJudgement, 'expected' | 'low' | 'high'> {
    const { origin, seasonTail } = this.#state
    const { ofDay, ofWeek } = this.#profiles()
    if (Number.isNaN(ofDay)) return { expected: undefined, low: undefined, high: undefined }
    const week = Number.isNaN(ofWeek) ? ofDay : ofWeek
    const expected = origin + (ofDay + week) / 2
    const margin = seasonTail.quantile(bandProbability)
    if (margin === undefined) return { expected, low: undefined, high: undefined }
    return {
      expected,
      low: origin + Math.min(ofDay, week) - margin,
      high: origin + Math.max(ofDay, week) + margin,
    }
  }
}

/**
 * @param evidence -log10 of the product of two probabilities
 * @returns 1 minus the probability of a product as small or smaller (Fisher's method, for two)
 */
function certainty(evidence: number): number {
  if (evidence <= 0) return 0
  return 1 - 10 ** -evidence * (1 + evidence * Math.LN10)
}
